// The search parameters of an address: how they are written, read and checked. A parameter that is unknown or bad is dropped, so any
// address opens a screen.

/** What stands in an address for one name: a text, or several of the same name. */
export type Raw = Record<string, string | string[] | undefined>;

/** Reads one parameter; undefined means absent or bad. */
export type Check<T> = (value: string | string[] | undefined) => T | undefined;

const first = (value: string | string[] | undefined) => (Array.isArray(value) ? value[0] : value);

export const text: Check<string> = (value) => first(value) || undefined;

export const texts: Check<string[]> = (value) => {
  const list = (Array.isArray(value) ? value : [value]).filter((item): item is string => !!item);
  return list.length > 0 ? list : undefined;
};

export const flag: Check<true> = (value) => (first(value) === "1" ? true : undefined);

export function oneOf<const T extends string>(...allowed: T[]): Check<T> {
  return (value) => allowed.find((item) => item === first(value));
}

/** Whole numbers from min to max. */
export function whole(min: number, max: number): Check<number> {
  return (value) => {
    const said = first(value);
    if (!said || !/^-?\d{1,15}$/.test(said)) return undefined;
    const number = Number(said);
    return number >= min && number <= max ? number : undefined;
  };
}

/** A list in one parameter, as a~b. */
export const joined: Check<string[]> = (value) => {
  const list = [value ?? []].flat().join("~").split("~").filter(Boolean);
  return list.length > 0 ? list : undefined;
};

type Fields = Record<string, Check<unknown>>;
export type Params<F extends Fields> = { [K in keyof F]?: Exclude<ReturnType<F[K]>, undefined> };

/** Makes the check of a whole address of the checks of its parameters. */
export function params<F extends Fields>(fields: F): (raw: Record<string, unknown>) => Params<F> {
  return (raw) => {
    const out: Record<string, unknown> = {};
    for (const [name, check] of Object.entries(fields)) {
      const value = check(plain(raw[name]));
      if (value !== undefined) out[name] = value;
    }
    return out as Params<F>;
  };
}

// plain is a value as an address writes it. Links give typed values, which are checked like those of an address.
function plain(value: unknown): string | string[] | undefined {
  if (value === undefined || value === null || value === false) return undefined;
  if (value === true) return "1";
  if (Array.isArray(value)) return value.map(String);
  return String(value);
}

export function parseSearch(search: string): Raw {
  const out: Raw = {};
  for (const [name, value] of new URLSearchParams(search)) {
    const before = out[name];
    out[name] = before === undefined ? value : [before, value].flat();
  }
  return out;
}

// Lists of these names are written in one parameter; all others repeat theirs.
const inOne = new Set(["panels", "cols"]);

export function stringifySearch(search: Record<string, unknown>): string {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    const written = plain(value);
    if (written === undefined) continue;
    if (Array.isArray(written) && inOne.has(name)) out.append(name, written.join("~"));
    else for (const item of [written].flat()) out.append(name, item);
  }
  const text = out.toString();
  return text ? `?${text}` : "";
}
