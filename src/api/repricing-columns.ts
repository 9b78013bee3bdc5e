/** Repricings as a table: a row has room for how many alerts there were and for the last one, not for all of them. */
import { type CsvColumn, csvColumns } from "./csv.ts";
import { Repricing } from "./repricing-json.ts";

const ALERTS: readonly CsvColumn[] = [
  { name: "alerts", path: ["alerts", "length"], isList: false },
  { name: "last_alert_kind", path: ["alerts", "-1", "kind"], isList: false },
  { name: "last_alert_as_of", path: ["alerts", "-1", "as_of"], isList: false },
];

/** The columns of an item of `/v1/repricings`. */
export const REPRICING_COLUMNS = csvColumns(Repricing).flatMap((column) =>
  column.name === "alerts" ? ALERTS : [column],
);
