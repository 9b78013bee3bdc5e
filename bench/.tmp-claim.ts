import { withDatabase } from "./measure.ts";
import { addDeliveries, addWebhooks } from "../test/store/webhook-rows.ts";
await withDatabase(async (sql, url) => {
  const now = new Date().toISOString();
  const hooks = await addWebhooks(sql, 200);
  await addDeliveries(sql, hooks, 50);
  await sql`analyze cutwatch.webhook_deliveries`;
  const ex = async (what: string, q: string) => { const r = await sql.unsafe("explain (analyze, buffers) " + q); const t = r.map((x: any) => x["QUERY PLAN"]); console.log(what, "|", t.filter((l: string) => /Planning Time|Execution/.test(l)).join(" "), "|", t.filter((l: string)=>/Index Scan using webhook_deliveries_pending/.test(l)).join().trim().slice(0,200)); };
  const inner = (tail: string, cond = "and (lease_until is null or lease_until < clock_timestamp())", ord = "order by due_at, id") => `select w.id, d.id from (select id from cutwatch.webhooks where id > 50 order by id limit 30) w cross join lateral (select id, asked_for, recorded_at from cutwatch.webhook_deliveries where webhook_id = w.id and state = 'pending' and due_at <= '${now}' ${cond} ${ord} limit 1 ${tail}) d`;
  for (let i = 0; i < 2; i++) {
    await ex("plain", inner(""));
    await ex("no lease", inner("", ""));
    await ex("lock", inner("for update skip locked"));
    await ex("lock no lease", inner("for update skip locked", ""));
    await ex("no order", inner("", "", ""));
  }
});
