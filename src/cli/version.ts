import { existsSync, readFileSync } from "node:fs";

interface Package {
  readonly version: string;
}

/** Version of this program, from its package.json, which lies above the sources and above `dist/` alike. */
export function programVersion(): string {
  for (const place of ["../../package.json", "../../../package.json"]) {
    const url = new URL(place, import.meta.url);
    if (existsSync(url)) return (JSON.parse(readFileSync(url, "utf8")) as Package).version;
  }
  throw new Error("Cannot tell the version: package.json is not where it was installed");
}
