import { spawn, spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const COMPILER = join(ROOT, "node_modules", "typescript", "bin", "tsc");

/** A program of somebody who installed the package. */
const PROGRAM = `
import { createClient, List, ProblemError, type Probabilities, verifyWebhook } from "cutwatch/client";

declare const process: { readonly argv: readonly string[] };
const client = createClient({ baseUrl: process.argv[2] ?? "" });
const odds: Probabilities = await client.probabilities({ as_of: "2025-11-17", meeting: "2025-12-10" });
const ease: number | null | undefined = odds.meetings[0]?.ease;
const meetings = client.meetings();
const error = await client.shifts({ meeting: "2025-12-10" }).catch((thrown: unknown) => thrown);
console.log(ease, meetings instanceof List, error instanceof ProblemError && error.status, typeof verifyWebhook);
`;

/** What must not compile: the types say something. */
const WRONG = `
import { createClient } from "cutwatch/client";
const client = createClient({ baseUrl: "http://127.0.0.1" });
await client.probabilities({ asOf: "2025-11-17" });
await client.shifts({ window: "1d" });
const { meetings } = await client.probabilities();
const ease: number = meetings[0].ease;
`;

const CONSUMER = {
  compilerOptions: {
    target: "es2023",
    lib: ["es2023", "dom"],
    module: "nodenext",
    moduleResolution: "nodenext",
    strict: true,
    skipLibCheck: false,
    types: [],
  },
  include: ["program.ts"],
};

let folder: string;
let server: Server;

function compile(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [COMPILER, ...args], {
    encoding: "utf8",
    cwd: folder,
  });
  return { status, output: stdout + stderr };
}

/** A folder with the package as it is installed, compiled anew, and a program beside it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cutwatch-client-"));
  const installed = join(folder, "node_modules", "cutwatch");
  await mkdir(installed, { recursive: true });
  await cp(join(ROOT, "package.json"), join(installed, "package.json"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(CONSUMER));
  await writeFile(join(folder, "program.ts"), PROGRAM);
  const project = join(ROOT, "src", "client");
  const built = compile("-p", project, "--emitDeclarationOnly", "false", "--outDir", join(installed, "dist"));
  expect(built).toEqual({ status: 0, output: "" });
  server = createServer((request, response) => {
    const isOdds = request.url === "/v1/probabilities?as_of=2025-11-17&meeting=2025-12-10";
    response.writeHead(isOdds ? 200 : 404, {
      "Content-Type": isOdds ? "application/json" : "application/problem+json",
    });
    response.end(isOdds ? '{"meetings":[{"ease":0.423571}]}' : '{"status":404,"detail":"Cannot find it"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe("the package's export cutwatch/client", () => {
  it("compiles in a program with every check on, and runs in plain Node", () => {
    expect(compile("-p", folder)).toEqual({ status: 0, output: "" });
    const { port } = server.address() as AddressInfo;
    const args = [join(folder, "program.js"), `http://127.0.0.1:${port}`];
    // Not spawnSync: the server that it asks is in this process.
    return expect(run(args)).resolves.toEqual({ status: 0, output: "0.423571 true 404 function\n" });
  });

  it("does not compile with a misspelt parameter, without one that is needed, or with null taken for a figure", async () => {
    await writeFile(join(folder, "wrong.ts"), WRONG);
    await writeFile(join(folder, "tsconfig.wrong.json"), JSON.stringify({ ...CONSUMER, include: ["wrong.ts"] }));
    const { output } = compile("-p", join(folder, "tsconfig.wrong.json"), "--noEmit");
    const lines = [...output.matchAll(/wrong\.ts\((\d+),/g)].map(([, line]) => Number(line));
    expect([...new Set(lines)]).toEqual([4, 5, 7]);
  });

  it("needs nothing of Node and no other package", async () => {
    const files = (await readdir(join(ROOT, "src", "client"))).filter((name) => name.endsWith(".ts"));
    const texts = await Promise.all(files.map((name) => readFile(join(ROOT, "src", "client", name), "utf8")));
    const imported = texts.flatMap((text) => [...text.matchAll(/\bfrom "([^"]+)"/g)].map(([, target = ""]) => target));
    expect(imported.length).toBeGreaterThan(20);
    expect(imported.filter((target) => !/^\.\/[\w-]+\.ts$/.test(target))).toEqual([]);
  });
});

function run(args: readonly string[]): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [...args]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((resolve) => child.on("close", (status) => resolve({ status, output })));
}
