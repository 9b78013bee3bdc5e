import { execFile } from "node:child_process";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadSecretKey } from "../../src/webhooks/secret-key.ts";

const MODULE = fileURLToPath(new URL("../../src/webhooks/secret-key.ts", import.meta.url));
const run = promisify(execFile);

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "cutwatch-key-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const load = (dataDir: string) => loadSecretKey({ given: null, dataDir });

describe("loadSecretKey()", () => {
  it("takes the key it is given and touches no file", async () => {
    const given = Buffer.alloc(32, 5);
    expect(await loadSecretKey({ given, dataDir: join(folder, "absent") })).toBe(given);
    expect(await readdir(folder)).toEqual([]);
  });

  it("makes a file that only its owner may read, in a folder that it makes, and reads it again", async () => {
    const dataDir = join(folder, "data");
    const key = await load(dataDir);
    expect(key).toHaveLength(32);
    expect((await stat(join(dataDir, "secret.key"))).mode & 0o777).toBe(0o600);
    expect(await load(dataDir)).toEqual(key);
    expect(await readdir(dataDir)).toEqual(["secret.key"]);
    // What the file holds may be given by the environment instead.
    expect(Buffer.from((await readFile(join(dataDir, "secret.key"), "utf8")).trim(), "base64")).toEqual(key);
  });

  it("ends with one key when 20 callers and 4 processes start at once", async () => {
    const script = `import { loadSecretKey } from ${JSON.stringify(MODULE)};
      const key = await loadSecretKey({ given: null, dataDir: ${JSON.stringify(folder)} });
      console.log(Buffer.from(key).toString("hex"));`;
    const others = Array.from({ length: 4 }, () =>
      run(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]),
    );
    const callers = await Promise.all(Array.from({ length: 20 }, () => load(folder)));
    const keys = [
      ...callers.map((key) => Buffer.from(key).toString("hex")),
      ...(await Promise.all(others)).map(({ stdout }) => stdout.trim()),
    ];
    expect(keys).toHaveLength(24);
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(folder)).toEqual(["secret.key"]);
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o620, 0o666])("refuses a file of mode %o", async (mode) => {
    const path = join(folder, "secret.key");
    const text = Buffer.alloc(32, 9).toString("base64");
    await writeFile(path, text);
    await chmod(path, mode);
    const error = await load(folder).catch(String);
    expect(error).toContain(
      `Cannot use secret key ${path}: others may read it (mode ${mode.toString(8)}), must be 600`,
    );
    expect(error).not.toMatch(/\n/);
    expect(error).not.toContain(text);
  });

  it.each(["", "short", "z".repeat(64), Buffer.alloc(31).toString("base64"), Buffer.alloc(33).toString("base64")])(
    "refuses a file that holds no key, and does not repeat it: %j",
    async (text) => {
      await writeFile(join(folder, "secret.key"), text, { mode: 0o600 });
      const error = await load(folder).catch(String);
      expect(error).toContain(`must be 32 random bytes in base64 or as 64 hex digits, was ${text.length} characters`);
      if (text !== "") expect(error).not.toContain(text);
      // Nor does it replace it: what is there may seal secrets that somebody can still mend.
      expect(await readFile(join(folder, "secret.key"), "utf8")).toBe(text);
    },
  );

  it("takes hex digits too", async () => {
    await writeFile(join(folder, "secret.key"), `${"ab".repeat(32)}\n`, { mode: 0o600 });
    expect(await load(folder)).toEqual(Buffer.alloc(32, 0xab));
  });

  it("says in one line where it cannot make one", async () => {
    await writeFile(join(folder, "file"), "");
    const error = await load(join(folder, "file")).catch(String);
    expect(error).toMatch(/^SecretKeyError: Cannot use secret key .*; CUTWATCH_SECRET_KEY gives one without a file$/);
  });
});
