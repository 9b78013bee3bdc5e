import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { readConfig } from "../src/config.ts";

const COMPOSE = readFileSync(fileURLToPath(new URL("../docker-compose.yml", import.meta.url)), "utf8");

describe("docker-compose.yml", () => {
  it("has a database, an API and a worker, each with a health check", () => {
    const services = COMPOSE.slice(COMPOSE.indexOf("\nservices:"), COMPOSE.indexOf("\nvolumes:"));
    const parts = services.split(/\n {2}(?=[a-z]+:\n)/).slice(1);
    expect(parts.map((part) => part.split(":")[0])).toEqual(["db", "api", "worker"]);
    for (const part of parts) expect(part).toContain("healthcheck:");
  });

  it("sets what config.ts reads, with values it accepts when nothing is given", () => {
    const set = Object.fromEntries(
      [...COMPOSE.matchAll(/^ +([A-Z][A-Z_]+): (.+)$/gm)]
        .map(([, name = "", value = ""]) => [
          name,
          value.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, "$1").replace(/^"|"$/g, ""),
        ])
        .filter(([name = ""]) => !name.startsWith("POSTGRES_")),
    );
    expect(readConfig(set)).toMatchObject({
      databaseUrl: "postgres://cutwatch:cutwatch@db:5432/cutwatch",
      host: "0.0.0.0",
    });
  });
});
