import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readEnvFile } from "../../src/cli/env-file.ts";
import { ConfigError } from "../../src/config.ts";

function folderWith(text: string | null): string {
  const folder = mkdtempSync(join(tmpdir(), "cutwatch-env-"));
  if (text !== null) writeFileSync(join(folder, ".env"), text);
  return folder;
}

describe("readEnvFile()", () => {
  it("gives the settings, with remarks, quotes and `export` as shells take them, and nothing without a file", () => {
    const text = "# mine\nPORT=9090\nexport HOST='0.0.0.0'\nCUTWATCH_CONTACT=\"desk@example.com\"\n\nDATABASE_URL=\n";
    expect(readEnvFile(folderWith(text))).toEqual({
      PORT: "9090",
      HOST: "0.0.0.0",
      CUTWATCH_CONTACT: "desk@example.com",
      DATABASE_URL: "",
    });
    expect(readEnvFile(folderWith(null))).toEqual({});
  });

  it("names the line that is none", () => {
    expect(() => readEnvFile(folderWith("PORT=9090\nPORT 8080\n"))).toThrow(ConfigError);
    expect(() => readEnvFile(folderWith("PORT=9090\nPORT 8080\n"))).toThrow(
      /\.env, line 2: accepted are lines such as PORT=8080/,
    );
  });
});
