import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { environments } from "../../api/queries/environments";
import { Select } from "../../kit/select";

/** The screens whose address names one environment. */
const screens = ["/files", "/at/$"];

/** Chooses the environment that the screen looks at, and writes it into the address. */
export function EnvironmentChoice({ route = "" }: { route?: string }) {
  return screens.includes(route) ? <Choice /> : null;
}

function Choice() {
  const { env } = useSearch({ strict: false }) as { env?: string };
  const { data = [] } = useQuery(environments);
  const navigate = useNavigate();
  const options = [
    { value: "", label: "All environments" },
    ...data.map(({ name, tag }) => ({ value: name, label: name, end: tag === "default" ? "default" : undefined })),
  ];
  const go = (value: string) =>
    navigate({ to: ".", search: (before) => ({ ...before, env: value || undefined }) as never });
  return <Select quiet aria-label="Environment" value={env ?? ""} onChange={go} options={options} />;
}
