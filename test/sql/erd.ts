/** The page of entity-relationship diagrams, docs/erd.md, from what the database's catalogue says. */
import type { Sql } from "postgres";
import { type Column, columnsOf, foreignKeys, partitioned, type Reference, tablesRead } from "./catalogue.ts";

/** Rows of one view belong to rows of another: by these columns, many to one. */
export interface ViewLink {
  readonly from: string;
  readonly columns: readonly string[];
  readonly to: string;
  readonly toColumns: readonly string[];
}

// A view has no keys of its own for the catalogue to tell: these are said here, and the test holds them against the rows.
const BY_MEETING = { columns: ["meeting"], to: "meetings", toColumns: ["meeting"] };
const BY_REPRICING = { to: "repricings", toColumns: ["id"] };
const BY_READING = { columns: ["trade_date", "meeting"], to: "expected_rates", toColumns: ["trade_date", "meeting"] };
export const LINKS: readonly ViewLink[] = [
  { from: "expected_rates", ...BY_MEETING },
  { from: "probabilities", ...BY_MEETING },
  { from: "scores", ...BY_MEETING },
  { from: "odds", ...BY_READING },
  { from: "daily_shifts", ...BY_READING },
  { from: "repricings", ...BY_MEETING },
  { from: "repricings", columns: ["reverses_id"], ...BY_REPRICING },
  { from: "repricing_assets", columns: ["repricing_id"], ...BY_REPRICING },
  { from: "alerts", columns: ["repricing_id"], ...BY_REPRICING },
  { from: "alerts", columns: ["resolves_id"], to: "alerts", toColumns: ["id"] },
  { from: "deliveries", columns: ["alert_id"], to: "alerts", toColumns: ["id"] },
];

const DIAGRAMS: readonly { readonly title: string; readonly views: readonly string[] }[] = [
  { title: "Odds", views: ["meetings", "expected_rates", "odds", "daily_shifts", "probabilities", "scores"] },
  {
    title: "Repricings",
    views: ["meetings", "repricings", "repricing_assets", "alerts", "deliveries", "market_events"],
  },
  { title: "What they rest on", views: ["quotes", "fixings", "closes", "sources", "quarantine", "job_runs"] },
];

// Columns that hold another table's number without a foreign key, which would cost a look-up for each row stored.
const UNCHECKED: Readonly<Record<string, string>> = { snapshot_id: "snapshots", payload_id: "source_payloads" };

/** A type as a word, which is all that Mermaid takes: `numeric(9,5)` is `numeric`. */
function typeWord(type: string): string {
  const word = type
    .replace("timestamp(3) with time zone", "timestamptz")
    .replace("timestamp with time zone", "timestamptz");
  return word
    .replace(/^cutwatch\./, "")
    .replace(/\([\d,]+\)/, "")
    .replaceAll(" ", "_");
}

/** What stands before the colon of a comment is its unit: `bp: lower end of …`. */
function unitOf(comment: string | null): string {
  const unit = /^([^:,(]{1,20}):/.exec(comment ?? "")?.[1];
  return unit === undefined || unit === "date" || unit === "boolean" ? "" : ` "${unit}"`;
}

function keyMarks(isPrimary: boolean, isForeign: boolean): string {
  const marks = [...(isPrimary ? ["PK"] : []), ...(isForeign ? ["FK"] : [])];
  return marks.length === 0 ? "" : ` ${marks.join(", ")}`;
}

const entity = (name: string, lines: readonly string[]) => [
  `  ${name} {`,
  ...lines.map((line) => `    ${line}`),
  "  }",
];
const mermaid = (lines: readonly string[]) => ["```mermaid", "erDiagram", ...lines, "```", ""];

function viewDiagram(views: readonly string[], columns: readonly Column[]): string[] {
  const links = LINKS.filter((link) => views.includes(link.from) && views.includes(link.to));
  const isTarget = (view: string, column: string) =>
    links.some((link) => link.to === view && link.toColumns.includes(column));
  const isSource = (view: string, column: string) =>
    links.some((link) => link.from === view && link.columns.includes(column));
  return mermaid([
    ...links.map((link) => `  ${link.to} ||--o{ ${link.from} : "${link.columns.join(", ")}"`),
    ...views.flatMap((view) => {
      const own = columns.filter((column) => column.relation === view);
      if (own.length === 0) throw new Error(`Cannot draw review.${view}: there is no such view`);
      return entity(
        view,
        own.map(
          ({ name, type, comment }) =>
            `${typeWord(type)} ${name}${keyMarks(isTarget(view, name), isSource(view, name))}${unitOf(comment)}`,
        ),
      );
    }),
  ]);
}

/** Columns that hold another table's number, unchecked, where the catalogue names no key. */
function uncheckedReferences(columns: readonly Column[], keys: readonly Reference[]): Reference[] {
  const checked = new Set(keys.flatMap((key) => key.columns.map((column) => `${key.from}.${column}`)));
  return columns
    .filter(({ relation, name }) => UNCHECKED[name] !== undefined && !checked.has(`${relation}.${name}`))
    .map(({ relation, name }) => ({ from: relation, columns: [name], to: UNCHECKED[name] ?? "" }));
}

/** Tables that hang together by some references, in groups; a table alone is a group of one. */
function groupsOf(tables: readonly string[], references: readonly Reference[]): string[][] {
  const groupOf = new Map(tables.map((table) => [table, new Set([table])]));
  for (const { from, to } of references) {
    const joined = new Set([...(groupOf.get(to) ?? []), ...(groupOf.get(from) ?? [])]);
    for (const table of joined) groupOf.set(table, joined);
  }
  return [...new Set(groupOf.values())].map((group) => [...group]);
}

/** Diagrams of the tables that hang together, keys only, and the names of the others. */
function tableDiagrams(columns: readonly Column[], keys: readonly Reference[]): string[] {
  const unchecked = uncheckedReferences(columns, keys);
  const refers = new Set(
    [...keys, ...unchecked].flatMap((one) => one.columns.map((column) => `${one.from}.${column}`)),
  );
  const line = (style: string) => (one: Reference) =>
    `  ${one.to} ||${style}o{ ${one.from} : "${one.columns.join(", ")}"`;
  const attributes = (table: string) =>
    columns
      .filter(({ relation, name, isKey }) => relation === table && (isKey || refers.has(`${table}.${name}`)))
      .map(({ name, type, isKey }) => `${typeWord(type)} ${name}${keyMarks(isKey, refers.has(`${table}.${name}`))}`);
  const tables = [...new Set(columns.map((column) => column.relation))];
  const groups = groupsOf(tables, [...keys, ...unchecked]);
  const alone = groups.filter((group) => group.length === 1).flat();
  return [
    ...groups
      .filter((group) => group.length > 1)
      .flatMap((group) =>
        mermaid([
          ...keys.filter((one) => group.includes(one.from)).map(line("--")),
          ...unchecked.filter((one) => group.includes(one.from)).map(line("..")),
          ...group.flatMap((table) => entity(table, attributes(table))),
        ]),
      ),
    `By themselves: ${alone.map((table) => `\`${table}\``).join(", ")}.`,
    "",
  ];
}

function dictionary(
  views: readonly string[],
  columns: readonly Column[],
  tables: ReadonlyMap<string, string[]>,
): string[] {
  return views.flatMap((view) => [
    `### review.${view}`,
    "",
    `From ${(tables.get(view) ?? []).map((table) => `\`${table}\``).join(", ")}.`,
    "",
    "| column | type | what, unit first |",
    "|---|---|---|",
    ...columns
      .filter((column) => column.relation === view)
      .map(
        ({ name, type, comment }) =>
          `| \`${name}\` | ${typeWord(type).replaceAll("_", " ")} | ${(comment ?? "").replaceAll("|", "\\|")} |`,
      ),
    "",
  ]);
}

/**
 * The whole page.
 *
 * @throws Error for a view that no diagram has a place for, or that a diagram names and the database lacks
 */
export async function erdPage(sql: Sql): Promise<string> {
  const columns = await columnsOf(sql, "review", ["v"]);
  const tables = await columnsOf(sql, "cutwatch", ["r", "p"]);
  const reads = new Map((await tablesRead(sql)).map((row) => [row.view, row.tables]));
  const views = [...new Set(columns.map((column) => column.relation))];
  const drawn = new Set(DIAGRAMS.flatMap((diagram) => diagram.views));
  const homeless = views.filter((view) => !drawn.has(view));
  if (homeless.length > 0)
    throw new Error(`Cannot draw review.${homeless.join(", review.")}: no diagram has a place for it`);
  return [
    "# Views and tables",
    "",
    "Made from the database by `npm run docs:erd`; a test compares it. What to read, and how: [database.md](database.md).",
    "",
    "Schema `review` is for people and stays as it is: its columns are documented below. Schema `cutwatch` is the program's own",
    "and may change with any version. A line is many to one, by the columns it names; a dotted one is not checked by the",
    "database.",
    "",
    "## Views",
    "",
    ...DIAGRAMS.flatMap(({ title, views: some }) => [`### ${title}`, "", ...viewDiagram(some, columns)]),
    "The third has no lines: prices, fixings and closes meet the odds by date (`trade_date`, `fixing_date`, `close_date`).",
    "",
    "## Columns of the views",
    "",
    ...dictionary(views, columns, reads),
    "## Tables behind them",
    "",
    "Keys only; the rest is in [drizzle/schema.sql](../drizzle/schema.sql). Partitioned by month of `trade_date`:",
    `${(await partitioned(sql)).map((table) => `\`${table}\``).join(", ")}.`,
    "",
    ...tableDiagrams(tables, await foreignKeys(sql)),
  ].join("\n");
}
