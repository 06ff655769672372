import type { components } from "./schema";

/** What the server says of a failure. */
export type Detail = Omit<components["schemas"]["Detail"], "reason" | "doc_url"> & { reason: string; doc_url?: string };

/** A call of the API that failed. `detail` is the server's, or made here when no answer came. */
export class Failure extends Error {
  readonly status: number; // 0 when there was no answer
  readonly detail: Detail;

  constructor(status: number, detail: Detail) {
    super(detail.message);
    this.name = "Failure";
    this.status = status;
    this.detail = detail;
  }
}

/** Whether the failure says that nobody is signed in. What one's role may not do has the same status. */
export const isSignedOut = ({ status, detail }: Failure): boolean =>
  status === 401 && detail.reason !== "gateway_permission_denied" && detail.reason.startsWith("gateway_");

/** What a failure says of the parameter of that name; undefined if it is about something else. */
export function complaintAt(error: unknown, name: string): string | undefined {
  if (!(error instanceof Failure)) return undefined;
  const { param, message, errors = [] } = error.detail;
  return errors.find((one) => one.param === name)?.message ?? (param === name ? message : undefined);
}

/** The reasons of failures that are no answer of the server. The server knows none of these names. */
export const unreachable = "server_unreachable";
export const stopped = "call_stopped";

/** The failure of a call to which no answer came, or not the whole of it. */
export function noAnswer(cause: unknown): Failure {
  const aborted = cause instanceof Error && cause.name === "AbortError";
  return aborted
    ? ours(0, stopped, "The call was stopped.", true)
    : ours(0, unreachable, "The server did not answer.", true);
}

function ours(status: number, reason: string, message: string, retryable: boolean): Failure {
  return new Failure(status, {
    type: "service_unavailable_error",
    origin_class: "server",
    code: status,
    reason,
    message,
    origin: "openloop",
    retryable,
  });
}

/** The failure of an answer that is not 2xx. An answer of something in between, as a proxy, has no detail. */
export async function failureOf(response: Response): Promise<Failure> {
  const body: unknown = await response.json().catch(() => undefined);
  const detail = detailIn(body);
  if (detail) return new Failure(response.status, detail);
  const said = `${response.status} ${response.statusText}`.trim();
  return ours(
    response.status,
    "unknown_answer",
    `Something between this page and the server answered ${said}.`,
    response.status >= 500,
  );
}

export function detailIn(body: unknown): Detail | undefined {
  if (typeof body !== "object" || body === null || !("detail" in body)) return undefined;
  const { detail } = body;
  return typeof detail === "object" && detail !== null && "reason" in detail ? (detail as Detail) : undefined;
}
