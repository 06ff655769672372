import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { environments } from "../../api/queries/environments";
import { Select } from "../../kit/select";

/** Chooses the environment that the screen looks at, and writes it into the address. */
export function EnvironmentChoice() {
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
