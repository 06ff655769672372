// The columns that this browser keeps; those of one File and those of all apart.
import { recall, remember } from "../../lib/remember";

const place = (oneFile: boolean) => `columns.logs${oneFile ? ".file" : ""}`;
const isList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === "string");

export const keptColumns = (oneFile: boolean): string[] | undefined => recall(place(oneFile), isList);
export const keepColumns = (oneFile: boolean, columns: string[] | undefined): void => remember(place(oneFile), columns);
