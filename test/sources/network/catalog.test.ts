import { describe, expect, it } from "vitest";
import { baseUrlOf, catalogEntry, isRedistributable, LOCAL_SOURCES, UPSTREAMS } from "../../../src/sources/catalog.ts";

describe("the catalog of sources", () => {
  it("names every source once", () => {
    const ids = [...UPSTREAMS, ...LOCAL_SOURCES].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(catalogEntry(id)?.id).toBe(id);
    expect(catalogEntry("nobody")).toBeNull();
  });

  it("gives each upstream an https address without a trailing slash and a variable that replaces it", () => {
    for (const { id, defaultBaseUrl, baseUrlEnv } of UPSTREAMS) {
      expect(defaultBaseUrl).toMatch(/^https:\/\/[a-z0-9.]+$/);
      expect(baseUrlEnv).toBe(`CUTWATCH_${id.toUpperCase().replaceAll("-", "_")}_URL`);
      expect(baseUrlOf(id, {})).toBe(defaultBaseUrl);
      expect(baseUrlOf(id, { [id]: "http://127.0.0.1:9" })).toBe("http://127.0.0.1:9");
    }
  });

  it("passes on only what is known to be free", () => {
    expect(["nyfed", "fed-calendar", "fed-press", "fred", "built-in", "effr-csv"].map(isRedistributable)).not.toContain(
      false,
    );
    const closed = [
      "yahoo",
      "cme-fedwatch",
      "databento",
      "coinbase",
      "kraken",
      "fedwatch-export",
      "settlements-csv",
      "nobody",
    ];
    expect(closed.map(isRedistributable)).not.toContain(true);
  });
});
