import type { Sql } from "postgres";

/** A host that is left alone, as the database keeps it. */
interface Pause {
  readonly until: Date;
  readonly step: number;
  readonly reason: string;
}

/** Pauses of hosts, shared by all processes of a database. */
export function sourcePauses(sql: Sql) {
  return {
    async read(host: string): Promise<Pause | null> {
      const [row] = await sql<Pause[]>`select until, step, reason from cutwatch.source_pauses where host = ${host}`;
      return row === undefined ? null : { until: row.until, step: row.step, reason: row.reason };
    },
    async write(host: string, pause: Pause | null): Promise<void> {
      if (pause === null) {
        await sql`delete from cutwatch.source_pauses where host = ${host}`;
        return;
      }
      await sql`
        insert into cutwatch.source_pauses (host, until, step, reason)
        values (${host}, ${pause.until.toISOString()}::timestamptz, ${pause.step}, ${pause.reason})
        on conflict (host) do update set until = excluded.until, step = excluded.step, reason = excluded.reason
      `;
    },
  };
}
