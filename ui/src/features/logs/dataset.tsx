import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { addLogs, datasetsQuery, makeDataset } from "../../api/queries/datasets";
import { Banner } from "../../kit/banner";
import { Button } from "../../kit/button";
import { Suggest } from "../../kit/combobox";
import { Dialog } from "../../kit/dialog";
import { Field } from "../../kit/field";
import { Select } from "../../kit/select";
import { exact, plural } from "../../lib/format";
import { AsCall } from "../../parts/ascall";
import { FaultOfError } from "../../parts/fault";

type Target = "output" | "correction" | "none";

const targets = [
  { value: "output", label: "The output" },
  { value: "correction", label: "The correction", hint: "Logs without one are skipped" },
  { value: "none", label: "Nothing" },
] as const;

/** Adds Logs to a Dataset, which is made if there is none with that path. */
export function DatasetDialog({ ids, onClose }: { ids: readonly string[]; onClose: () => void }) {
  const { data: all = [] } = useQuery(datasetsQuery);
  const queries = useQueryClient();
  const [path, setPath] = useState("");
  const [target, setTarget] = useState<Target>("output");
  const known = all.find((one) => one.path === path.trim());
  const body = { log_ids: [...ids], target };
  const add = useMutation({
    mutationFn: async () => addLogs((known ?? (await makeDataset(path.trim()))).id, body),
    onSuccess: () => queries.invalidateQueries({ queryKey: datasetsQuery.queryKey }),
  });
  const verb = known || !path.trim() ? `Add ${plural(ids.length, "Log")}` : "Make the Dataset and add";
  const foot = add.data ? (
    <Button kind="main" onClick={onClose}>
      Done
    </Button>
  ) : (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button type="submit" form="to-dataset" kind="main" busy={add.isPending} disabled={!path.trim()}>
        {verb}
      </Button>
    </>
  );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Add to a Dataset" foot={foot}>
      {add.data ? (
        <Added {...add.data} />
      ) : (
        <form
          id="to-dataset"
          className="logs-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (path.trim()) add.mutate();
          }}
        >
          <Field label="Dataset" hint="A path. One that does not exist is made.">
            <Suggest
              value={path}
              onChange={setPath}
              options={all.map((one) => ({
                value: one.path,
                label: one.path,
                end: plural(one.datapoints_count, "datapoint"),
              }))}
              placeholder="support/cases"
            />
          </Field>
          <Field label="Target of the datapoints">
            <Select value={target} onChange={setTarget} options={targets} />
          </Field>
          {known && <AsCall of={() => addLogs(known.id, body)} />}
          {add.error && <FaultOfError error={add.error} small />}
        </form>
      )}
    </Dialog>
  );
}

type Addition = Awaited<ReturnType<typeof addLogs>>;

function Added({ record, path, id }: Addition) {
  const skipped = Object.entries(record.skipped);
  return (
    <Banner kind={record.added > 0 ? "good" : "plain"}>
      {`${plural(record.added, "datapoint")} added to `}
      <Link to="/files/$id" params={{ id }}>
        {path}
      </Link>
      {record.known > 0 && `; ${exact(record.known)} were there already`}
      {skipped.length > 0 &&
        `; skipped: ${skipped.map(([why, n]) => `${exact(n)} ${why.replaceAll("_", " ")}`).join(", ")}`}
      .
    </Banner>
  );
}
