/** `GET /metrics`: figures about the service for Prometheus, those of the database read every 15 s at most. */
import type { Hono } from "hono";
import type { Sql } from "postgres";
import { Counter, Gauge, Registry } from "prom-client";
import { withDeadline } from "../store/deadline.ts";
import { type ServiceFigures, serviceFigures } from "../store/service-figures.ts";
import { type SourceHealth, sourceHealth } from "../store/source-health.ts";
import { RequestCounts } from "./request-counts.ts";
import type { Observe } from "./server.ts";
import { STATUSES, statusOf } from "./sources.ts";

/** What the figures are read with. */
export interface MetricsContext {
  readonly sql: Sql;
  readonly now: () => Date;
  readonly version: string;
  /** told why the database's figures are missing */
  readonly onError: (error: unknown) => void;
}

/** Counts that others keep. */
export interface Watched {
  readonly streamClients: () => number;
  readonly answers: () => { readonly fromMemory: number; readonly made: number };
  /** whose routes name requests */
  readonly app: Hono;
}

const KEPT_MS = 15_000;
const FAILURE_KEPT_MS = 1_000;
// A scrape waits ten seconds at most by itself; the rest of the figures must not wait for a database that is gone.
const DEADLINE_MS = 1_500;
const DELIVERY_STATES = ["pending", "delivered", "failed", "expired", "parked"] as const;

interface DatabaseFigures extends ServiceFigures {
  readonly sources: readonly SourceHealth[];
}

/** Counts what one server does, and tells it. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #context: MetricsContext;
  readonly #requests = new RequestCounts();
  #app: Hono | null = null;
  #figures: { readonly untilMs: number; readonly read: Promise<DatabaseFigures | null> } | null = null;

  constructor(context: MetricsContext) {
    this.#context = context;
    this.#gauge("info", "Version that runs", ["version"], (gauge) => gauge.set({ version: context.version }, 1));
    this.#addProcess();
    this.#addDatabase();
  }

  /** Tells counts of the app, too; once. */
  watch({ streamClients, answers, app }: Watched): void {
    this.#app = app;
    this.#gauge("stream_clients", "Clients of /v1/stream", [], (gauge) => gauge.set(streamClients()));
    new Counter({
      name: "cutwatch_answers_total",
      help: "Answers to questions, by whether they were at hand or had to be made",
      labelNames: ["from"],
      registers: [this.#registry],
      collect() {
        const { fromMemory, made } = answers();
        this.reset();
        this.inc({ from: "memory" }, fromMemory);
        this.inc({ from: "making" }, made);
      },
    });
  }

  /** Counts the answers of a server, by the pattern of their route. */
  readonly observe: Observe = ({ method, path }, status, ms) => {
    const matched = this.#app?.router.match(method === "HEAD" ? "GET" : method, path)[0];
    this.#requests.count(matched?.[0]?.[0][1].path ?? "none", method, status, ms);
  };

  /** The text of all figures. Answers when the database does not: `cutwatch_up_database` is 0 then, its figures are left out. */
  async text(): Promise<{ readonly contentType: string; readonly text: string }> {
    const text = `${await this.#registry.metrics()}\n${this.#requests.text()}`;
    return { contentType: this.#registry.contentType, text };
  }

  #gauge<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    collect: (gauge: Gauge<L>) => unknown,
  ) {
    new Gauge<L>({
      name: `cutwatch_${name}`,
      help,
      labelNames,
      registers: [this.#registry],
      collect() {
        this.reset();
        return collect(this) as Promise<void> | undefined;
      },
    });
  }

  #addProcess(): void {
    const startedS = Math.round(this.#context.now().getTime() / 1_000 - process.uptime());
    const registers = [this.#registry];
    new Gauge({ name: "process_start_time_seconds", help: "Start, in seconds since 1970", registers }).set(startedS);
    new Gauge({
      name: "process_resident_memory_bytes",
      help: "Memory in use",
      registers,
      collect() {
        this.set(process.memoryUsage.rss());
      },
    });
    new Counter({
      name: "process_cpu_seconds_total",
      help: "Processor time used",
      registers,
      collect() {
        const { user, system } = process.cpuUsage();
        this.reset();
        this.inc((user + system) / 1e6);
      },
    });
  }

  #addDatabase(): void {
    const figure = <L extends string>(
      name: string,
      help: string,
      labelNames: readonly L[],
      set: (gauge: Gauge<L>, figures: DatabaseFigures) => void,
    ) =>
      this.#gauge(name, help, labelNames, async (gauge) => {
        const figures = await this.#read();
        if (figures !== null) set(gauge, figures);
        // Without labels a gauge begins at 0, which would be a figure.
        else if (labelNames.length === 0) gauge.remove();
      });
    const age = (instant: Date) => (this.#context.now().getTime() - instant.getTime()) / 1_000;

    this.#gauge("up_database", "1 while the database answers", [], async (gauge) =>
      gauge.set((await this.#read()) === null ? 0 : 1),
    );
    figure("deliveries", "Webhook deliveries by state", ["state"], (gauge, { deliveries }) => {
      for (const state of DELIVERY_STATES) gauge.set({ state }, 0);
      for (const { state, count } of deliveries) gauge.set({ state }, count);
    });
    figure("delivery_lag_seconds", "How long the oldest due delivery waits", [], (gauge, { oldestDueAt }) =>
      gauge.set(oldestDueAt === null ? 0 : Math.max(0, age(oldestDueAt))),
    );
    figure("job_runs", "Runs started in the last 24 hours", ["job", "status"], (gauge, { jobRuns }) => {
      for (const { job, status, count } of jobRuns) gauge.set({ job, status }, count);
    });
    figure(
      "snapshot_age_seconds",
      "Since the instant of the newest reading",
      ["grid"],
      (gauge, { newestSnapshots }) => {
        for (const { grid, asOf } of newestSnapshots) gauge.set({ grid }, age(asOf));
      },
    );
    figure("source_status", "1 for the status a source has", ["source", "status"], (gauge, { sources }) => {
      for (const source of sources) {
        const is = statusOf(source, this.#context.now());
        for (const status of STATUSES) gauge.set({ source: source.source, status }, status === is ? 1 : 0);
      }
    });
    figure("source_success_age_seconds", "Since a source's last good answer", ["source"], (gauge, { sources }) => {
      for (const { source, lastSuccessAt } of sources) {
        if (lastSuccessAt !== null) gauge.set({ source }, age(lastSuccessAt));
      }
    });
    figure("source_figure_age_seconds", "Since a source's newest figure", ["source"], (gauge, { sources }) => {
      for (const { source, newestAsOf } of sources) if (newestAsOf !== null) gauge.set({ source }, age(newestAsOf));
    });
  }

  /** Read once for a scrape and for 15 s; a failure is kept for its own scrape only, a second. */
  #read(): Promise<DatabaseFigures | null> {
    const nowMs = this.#context.now().getTime();
    if (this.#figures !== null && nowMs < this.#figures.untilMs) return this.#figures.read;
    const { sql, onError } = this.#context;
    const reading = Promise.all([serviceFigures(sql, new Date(nowMs)), sourceHealth(sql)]);
    const read: Promise<DatabaseFigures | null> = withDeadline(
      reading,
      DEADLINE_MS,
      "read the figures of the database",
    ).then(
      ([figures, sources]) => ({ ...figures, sources }),
      (error: unknown) => {
        onError(error);
        this.#figures = { untilMs: nowMs + FAILURE_KEPT_MS, read };
        return null;
      },
    );
    this.#figures = { untilMs: nowMs + KEPT_MS, read };
    return read;
  }
}
