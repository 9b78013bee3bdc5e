import { once } from "node:events";
import { connect as connectSocket, createServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { arrayText, parseArray } from "../../src/store/column-types.ts";
import { type Database, openDatabase } from "../../src/store/connect.ts";
import { parseConnectionUrl } from "../../src/store/connection-url.ts";
import { withDeadline } from "../../src/store/deadline.ts";
import { freePort } from "../../src/store/free-port.ts";
import { emptyDatabase, type TestDatabase } from "../setup/database.ts";

const APPLICATION = "cutwatch test";

let database: TestDatabase;
const servers: Server[] = [];

beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(async () => {
  for (const server of servers) server.close();
  await database.drop();
});

/** A server on a free port of 127.0.0.1, closed after the tests. */
async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    onSocket(socket);
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

async function using<T>(
  url: string,
  options: Partial<Parameters<typeof openDatabase>[0]>,
  run: (opened: Database) => Promise<T>,
): Promise<T> {
  const opened = await openDatabase({ url, applicationName: APPLICATION, ...options });
  try {
    return await run(opened);
  } finally {
    await opened.close();
  }
}

/** `url` with some of its parts replaced. */
function changed(url: string, parts: { port?: number; password?: string; database?: string; query?: string }): string {
  const copy = new URL(url);
  if (parts.port !== undefined) copy.port = String(parts.port);
  if (parts.password !== undefined) copy.password = parts.password;
  if (parts.database !== undefined) copy.pathname = `/${parts.database}`;
  if (parts.query !== undefined) copy.search = parts.query;
  return copy.href;
}

describe("openDatabase()", () => {
  it("gives dates as text, bigint as numbers, numeric as text, instants as Date, one by one and in arrays", async () => {
    const [row] = await database.sql`
      select
        date '2025-12-10' as day,
        array[date '2025-12-10', null] as days,
        9007199254740991::bigint as volume,
        array[1, null]::bigint[] as volumes,
        96.1275::numeric as settle,
        timestamptz '2025-11-17 19:00:00Z' as as_of
    `;
    expect(row).toEqual({
      day: "2025-12-10",
      days: ["2025-12-10", null],
      volume: 9_007_199_254_740_991,
      volumes: [1, null],
      settle: "96.1275",
      as_of: new Date("2025-11-17T19:00:00Z"),
    });
  });

  it("takes dates as text, whatever the zone", async () => {
    const day = "2025-03-09";
    const [row] = await database.sql`
      select ${day}::date as day, ${[day]}::date[] as days, ${5}::bigint as n, ${new Date(0)}::timestamptz as epoch
    `;
    expect(row).toEqual({ day, days: [day], n: 5, epoch: new Date(0) });
  });

  it("refuses a bigint that a number cannot hold rather than round it", async () => {
    await expect(database.sql`select 9007199254740993::bigint as n`).rejects.toThrow(
      "Cannot read bigint 9007199254740993 as a number: must lie within 2^53; cast it to text in the query",
    );
  });

  it("names the program and limits its statements", async () => {
    await using(database.url, { statementTimeoutMs: 50 }, async ({ sql, pooled, serverVersion, readSql }) => {
      expect(await sql`select current_setting('application_name') as name`).toEqual([{ name: APPLICATION }]);
      await expect(sql`select pg_sleep(20)`).rejects.toMatchObject({ code: "57014" });
      expect(pooled).toBe(false);
      expect(serverVersion).toBeGreaterThanOrEqual(150_000);
      expect(readSql).toBe(sql);
    });
  });

  it("reads from the replica where one is named", async () => {
    await using(
      database.url,
      { readUrl: changed(database.url, { database: "postgres" }) },
      async ({ sql, readSql }) => {
        const [main] = await sql`select current_database()::text as name`;
        const [read] = await readSql`select current_database()::text as name`;
        expect(main?.name).not.toBe("postgres");
        expect(read?.name).toBe("postgres");
      },
    );
  });

  it("tells of notices instead of printing them", async () => {
    const lines: string[] = [];
    await using(database.url, { onNotice: (line) => lines.push(line) }, async ({ sql }) => {
      await sql.unsafe("do $$ begin raise warning 'take care'; end $$");
    });
    expect(lines).toEqual(["WARNING: take care"]);
  });
});

describe("arrays", () => {
  const element = fc.option(
    fc.oneof(fc.string(), fc.constantFrom("NULL", "", " ", '"', "\\", "{", "}", ",", "a b\n")),
    {
      nil: null,
    },
  );

  it("come back from their text form as they were", () => {
    fc.assert(
      fc.property(fc.array(element), (elements) => {
        expect(parseArray(arrayText(elements))).toEqual(elements);
      }),
      { seed: 20251117 },
    );
  });

  it("come back from the server as they were, null and empty included", async () => {
    const texts = ["NULL", null, "", " ", '"', "\\", "{}", ",", "a b\n", "x"];
    const at = new Date("2025-11-17T19:00:00.123Z");
    const [row] = await database.sql`
      select
        ${texts}::text[] as texts,
        ${[]}::text[] as empty,
        ${[1, null, -3]}::integer[] as ints,
        ${[0.1, null]}::float8[] as floats,
        ${["96.1275", null]}::numeric[] as numerics,
        ${["true", "false", null]}::text[]::boolean[] as booleans,
        ${[at.toISOString(), null]}::text[]::timestamptz[] as instants
    `;
    expect(row).toEqual({
      texts,
      empty: [],
      ints: [1, null, -3],
      floats: [0.1, null],
      numerics: ["96.1275", null],
      booleans: [true, false, null],
      instants: [at, null],
    });
  });

  it("with what an array of Postgres cannot hold are refused", () => {
    expect(() => arrayText([undefined])).toThrow("Cannot write an array with undefined in it");
    expect(() => arrayText([["a"]])).toThrow("Cannot write an array with an array in it");
    for (const text of ["", "a,b", "{a,", "{{a},{b}}", "{a,}", '{"a}'])
      expect(() => parseArray(text)).toThrow(SyntaxError);
  });
});

describe("openDatabase() behind pgbouncer", () => {
  /** Refuses what pgbouncer 1.18 refuses at start-up, in its words, and passes the rest on. */
  function bouncer(refuse: boolean): Promise<number> {
    return listen((client) => {
      client.once("data", (startup) => {
        if (refuse && startup.includes("statement_timeout")) {
          const fields = "SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0";
          const length = Buffer.alloc(4);
          length.writeInt32BE(4 + fields.length);
          client.end(Buffer.concat([Buffer.from("E"), length, Buffer.from(fields)]));
          return;
        }
        const server = connectSocket(Number(new URL(database.url).port), new URL(database.url).hostname);
        server.on("error", () => client.destroy());
        // ignore_startup_parameters: the server does not hear of it. The name keeps its length.
        server.write(
          Buffer.from(startup.toString("latin1").replace("statement_timeout", "cutwatch.ignored_"), "latin1"),
        );
        client.pipe(server).pipe(client);
      });
    });
  }

  it.each([
    { how: "refuses the parameter", refuse: true, query: "" },
    { how: "ignores the parameter", refuse: false, query: "" },
    { how: "is named in the URL", refuse: true, query: "?pgbouncer=true" },
  ])("prepares nothing when it $how", async ({ refuse, query }) => {
    const port = await bouncer(refuse);
    await using(changed(database.url, { port, query }), { max: 1 }, async ({ sql, pooled }) => {
      expect(pooled).toBe(true);
      await sql`select ${1}::int`;
      expect(await sql`select count(*)::int as n from pg_prepared_statements`).toEqual([{ n: 0 }]);
    });
  });

  it("prepares statements on a direct connection", async () => {
    await using(database.url, { max: 1 }, async ({ sql }) => {
      await sql`select ${1}::int`;
      const [row] = await sql`select count(*)::int as n from pg_prepared_statements`;
      expect(row?.n).toBeGreaterThan(0);
    });
  });
});

describe("openDatabase() with a URL that does not work", () => {
  const PASSWORD = "s3cret-pa55";
  const refusal = (url: string): Promise<unknown> =>
    openDatabase({ url, applicationName: APPLICATION, connectTimeoutS: 1 }).then(
      async (opened) => {
        await opened.close();
        return "it opened";
      },
      (error: unknown) => error,
    );

  it.each([
    ["localhost:5432/cutwatch", "no postgres:// at its start"],
    [`mysql://cutwatch:${PASSWORD}@host/db`, "its scheme is mysql://"],
    [`postgres://cutwatch:${PASSWORD}@host:port/db`, "host, port or a percent sign is malformed"],
    [`postgres://cutwatch:${PASSWORD}%zz@host/db`, "host, port or a percent sign is malformed"],
    [`postgres://cutwatch:${PASSWORD}#1@host/db`, "a / ? # or @ in the password must be written %2F %3F %23 %40"],
    [`postgres://cutwatch:${PASSWORD}@host/db?pgbouncer=yes`, 'pgbouncer is "yes" and may be true or false'],
  ])("says what is wrong with the form of %s", async (url, state) => {
    const error = await refusal(url);
    expect(error).toMatchObject({
      code: "bad_url",
      message: `Cannot read DATABASE_URL: ${state}; it must be like postgres://user:password@host:5432/database`,
    });
    expect(String(error)).not.toContain(PASSWORD);
  });

  it("says when nothing listens there", async () => {
    const port = await freePort();
    expect(await refusal(`postgres://cutwatch:${PASSWORD}@127.0.0.1:${port}/db`)).toMatchObject({
      code: "unreachable",
      message: `Cannot use DATABASE_URL 127.0.0.1:${port}/db: nothing listens there`,
    });
  });

  // A server named by TEST_DATABASE_URL without a password trusts everybody.
  const given = inject("databaseUrl");
  const trusts = given !== null && new URL(given).password === "";
  it.skipIf(trusts)("says when the password is refused, without the password", async () => {
    const error = await refusal(changed(database.url, { password: PASSWORD }));
    expect(error).toMatchObject({
      code: "login_refused",
      message: expect.stringMatching(/: user or password refused$/),
    });
    expect(String(error)).not.toContain(PASSWORD);
  });

  it("says when the server has no such database", async () => {
    expect(await refusal(changed(database.url, { database: "nowhere" }))).toMatchObject({
      code: "missing_database",
      message: expect.stringMatching(/nowhere: the server has no database of that name$/),
    });
  });

  it("does not wait for a server that never answers", async () => {
    const port = await listen(() => undefined);
    expect(await refusal(changed(database.url, { port }))).toMatchObject({
      code: "unreachable",
      message: expect.stringMatching(/: no answer in time$/),
    });
  });

  it("does not wait for a server that hangs up each time", async () => {
    const port = await listen((socket) => socket.end());
    expect(await refusal(changed(database.url, { port }))).toMatchObject({ code: "unreachable" });
  });

  it("names the version of a server that is too old", async () => {
    const port = await listen((socket) => socket.on("data", (bytes) => socket.write(postgres14(bytes))));
    expect(await refusal(`postgres://cutwatch:${PASSWORD}@127.0.0.1:${port}/db`)).toMatchObject({
      code: "old_server",
      message: `Cannot use DATABASE_URL 127.0.0.1:${port}/db: it is Postgres 14, and 15 or newer is needed`,
    });
  });

  it("names the variable of the replica", async () => {
    const port = await freePort();
    await expect(
      openDatabase({ url: database.url, readUrl: `postgres://127.0.0.1:${port}/db`, applicationName: APPLICATION }),
    ).rejects.toThrow(`Cannot use DATABASE_READ_URL 127.0.0.1:${port}/db: nothing listens there`);
  });

  /** The answers of a Postgres 14 to a client that logs in and asks for version and statement timeout. */
  function postgres14(bytes: Buffer): Buffer {
    const int32 = (n: number): Buffer => {
      const buffer = Buffer.alloc(4);
      buffer.writeInt32BE(n);
      return buffer;
    };
    const message = (type: string, ...parts: (Buffer | string)[]): Buffer => {
      const body = Buffer.concat(parts.map((part) => Buffer.from(part)));
      return Buffer.concat([Buffer.from(type), int32(4 + body.length), body]);
    };
    const ready = message("Z", "I");
    if (bytes[0] === "Q".charCodeAt(0)) {
      const text = Buffer.concat([
        int32(0),
        Buffer.from([0, 0]),
        int32(25),
        Buffer.from([0xff, 0xff]),
        int32(-1),
        Buffer.from([0, 0]),
      ]);
      return Buffer.concat([
        message("T", Buffer.from([0, 2]), "version\0", text, "timeout\0", text),
        message("D", Buffer.from([0, 2]), int32(6), "140012", int32(5), "54321"),
        message("C", "SELECT 1\0"),
        ready,
      ]);
    }
    if (bytes[0] === "X".charCodeAt(0)) return Buffer.alloc(0);
    return Buffer.concat([message("R", int32(0)), ready]);
  }
});

describe("parseConnectionUrl()", () => {
  it("shows host, port and database alone", () => {
    const parsed = parseConnectionUrl("postgresql://me:p%40ss@db.example/odds?sslmode=require", "DATABASE_URL");
    expect(parsed).toEqual({
      name: "DATABASE_URL",
      url: "postgres://me:p%40ss@db.example/odds?sslmode=require",
      shown: "db.example:5432/odds",
      pgbouncer: false,
    });
  });

  it("keeps several hosts, and takes our own parameter out", () => {
    const parsed = parseConnectionUrl("postgres://me:x@a:5433,b/odds?pgbouncer=true&sslmode=require", "DATABASE_URL");
    expect(parsed).toMatchObject({
      url: "postgres://me:x@a:5433,b/odds?sslmode=require",
      shown: "a:5433,b:5432/odds",
      pgbouncer: true,
    });
  });

  it("takes an @ in the password as part of it", () => {
    expect(parseConnectionUrl("postgres://me:p@ss@[::1]/odds", "DATABASE_URL")).toMatchObject({
      url: "postgres://me:p%40ss@[::1]/odds",
      shown: "[::1]:5432/odds",
    });
  });
});

describe("withDeadline()", () => {
  it("gives back what comes in time, errors too", async () => {
    expect(await withDeadline(Promise.resolve(1), 60_000, "count")).toBe(1);
    await expect(withDeadline(Promise.reject(new Error("no")), 60_000, "count")).rejects.toThrow("no");
  });

  it("names the action that did not end in time", async () => {
    await expect(withDeadline(new Promise(() => undefined), 10, "read the newest snapshot")).rejects.toMatchObject({
      code: "deadline",
      message: "Cannot read the newest snapshot: no answer from the database within 10 ms",
    });
  });

  it("frees the connection of a query that it gives up", async () => {
    await using(database.url, { max: 1, statementTimeoutMs: 0 }, async ({ sql }) => {
      await expect(withDeadline(sql`select pg_sleep(600)`, 50, "sleep")).rejects.toThrow("within 50 ms");
      expect(await sql`select 1 as n`).toEqual([{ n: 1 }]);
    });
  });
});
