import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What each room may import of the others, and which packages. `null`: any package. */
const ROOMS: Readonly<
  Record<string, { readonly rooms: readonly string[]; readonly packages: readonly string[] | null }>
> = {
  calendar: { rooms: [], packages: [] },
  pricing: { rooms: ["calendar"], packages: [] },
  repricing: { rooms: ["calendar", "pricing"], packages: [] },
  markets: { rooms: ["calendar", "pricing"], packages: ["jstat", "ml-matrix", "simple-statistics"] },
  sources: { rooms: ["calendar", "pricing"], packages: null },
  store: { rooms: ["calendar", "pricing", "repricing", "markets", "webhooks"], packages: null },
  // The forms of a subscription, its secret and its dry run are the same in the API as in the delivery.
  api: { rooms: ["calendar", "pricing", "repricing", "markets", "store", "webhooks", "config"], packages: null },
  webhooks: { rooms: ["calendar", "repricing", "pricing"], packages: null },
  // Runs in browsers and in programs of others: it stands alone.
  client: { rooms: [], packages: [] },
  jobs: {
    rooms: ["calendar", "pricing", "repricing", "markets", "sources", "store", "webhooks", "config"],
    packages: null,
  },
};

/** Rooms whose files may not know the time, the environment or the network. */
const PURE = ["calendar", "pricing", "repricing", "markets"];
const IMPURE = /\bDate\.now\(|\bnew Date\(\)|\bprocess\.|\bfetch\(|\bMath\.random\(|\bsetTimeout\(/;
const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)|(?:^|\n)import\s+"([^"]+)"/g;

function filesOf(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(folder, name));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
}

function roomOf(path: string): string {
  const parts = path.split("/");
  const name = parts[0] === "src" ? (parts[1] ?? "") : (parts[0] ?? "");
  return name.replace(/\.ts$/, "");
}

describe("rooms", () => {
  for (const [room, may] of Object.entries(ROOMS)) {
    const files = filesOf(room === "jobs" ? "jobs" : `src/${room}`);

    it(`${room} has files to check`, () => {
      expect(files.length).toBeGreaterThan(0);
    });

    it(`${room} imports only ${["itself", ...may.rooms].join(", ")}`, () => {
      const strangers = files.flatMap((file) =>
        importsOf(file)
          .filter((target) => target.startsWith("."))
          .map((target) => relative(ROOT, join(ROOT, dirname(file), target)))
          .filter((target) => roomOf(target) !== room && !may.rooms.includes(roomOf(target)))
          .map((target) => `${file} imports ${target}`),
      );
      expect(strangers).toEqual([]);
    });

    if (may.packages !== null) {
      const packages = may.packages;
      it(`${room} imports ${packages.length === 0 ? "no package" : `no package but ${packages.join(", ")}`}`, () => {
        const strangers = files.flatMap((file) =>
          importsOf(file)
            .filter((target) => !target.startsWith(".") && !packages.includes(target))
            .map((target) => `${file} imports ${target}`),
        );
        expect(strangers).toEqual([]);
      });
    }
  }

  it.each(PURE)("%s knows neither the time nor the environment nor the network", (room) => {
    const offenders = filesOf(`src/${room}`).filter((file) =>
      IMPURE.test(readFileSync(join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")),
    );
    expect(offenders).toEqual([]);
  });

  it("only config.ts and the command line read the environment", () => {
    const readers = [...filesOf("src"), ...filesOf("jobs")].filter((file) =>
      /\bprocess\.env\b/.test(readFileSync(join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "")),
    );
    expect(readers.filter((file) => !/^src\/(config|cli)\.ts$|^src\/cli\//.test(file))).toEqual([]);
  });

  it("SQL stays in the store", () => {
    const offenders = [...filesOf("jobs"), ...filesOf("src/api"), ...filesOf("src/sources")].filter((file) =>
      /\b(?:sql|tx)(?:<[^`]*>)?`/.test(readFileSync(join(ROOT, file), "utf8")),
    );
    expect(offenders).toEqual([]);
  });
});
