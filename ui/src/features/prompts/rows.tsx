import { useQuery } from "@tanstack/react-query";
import ChevronLeft from "lucide-react/icons/chevron-left";
import ChevronRight from "lucide-react/icons/chevron-right";
import X from "lucide-react/icons/x";
import { datapointQuery } from "../../api/queries/prompts";
import { IconButton } from "../../kit/button";
import { useKeys } from "../../lib/keys";

/** A row of a Dataset. */
export interface Place {
  dataset: string;
  path: string;
  at: number; // from 0
}

interface Props {
  place: Place;
  onGo: (place: Place) => void;
  onClose: () => void;
}

/** Goes through the rows of a Dataset, from which the inputs come. */
export function Rows({ place, onGo, onClose }: Props) {
  const { at, dataset, path } = place;
  const total = useQuery(datapointQuery(dataset, at)).data?.total ?? at + 1;
  useQuery({ ...datapointQuery(dataset, at + 1), enabled: at + 1 < total }); // the next one is there when it is wanted
  const by = (step: number) => () =>
    at + step >= 0 && at + step < total ? onGo({ ...place, at: at + step }) : undefined;
  useKeys("Dataset", [
    { does: "Previous row of the Dataset", keys: "[", run: by(-1) },
    { does: "Next row of the Dataset", keys: "]", run: by(1) },
  ]);
  return (
    <span className="prompt-rows">
      <IconButton small label="Previous row" keys="[" disabled={at === 0} onClick={by(-1)}>
        <ChevronLeft size={14} aria-hidden />
      </IconButton>
      <span title={path}>
        Row {at + 1} of {total}
      </span>
      <IconButton small label="Next row" keys="]" disabled={at + 1 >= total} onClick={by(1)}>
        <ChevronRight size={14} aria-hidden />
      </IconButton>
      <IconButton small label="Keep these inputs, leave the Dataset" onClick={onClose}>
        <X size={14} aria-hidden />
      </IconButton>
    </span>
  );
}
