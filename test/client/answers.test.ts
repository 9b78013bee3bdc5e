import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { answerTypes } from "./answer-types.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ANSWERS = fileURLToPath(new URL("../../src/client/answers.ts", import.meta.url));

function formatted(text: string): string {
  const biome = fileURLToPath(new URL("../../node_modules/@biomejs/biome/bin/biome", import.meta.url));
  const args = [biome, "format", "--stdin-file-path=src/client/answers.ts"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { input: text, encoding: "utf8", cwd: ROOT });
  if (status !== 0) throw new Error(`Cannot format the client's types: ${stderr}`);
  return stdout;
}

it("the client's types are those of the API's own forms", async () => {
  await expect(formatted(answerTypes())).toMatchFileSnapshot(ANSWERS);
});
