import { describe, expect, it } from "vitest";
import { clusterNames } from "../../jobs/cluster-names.ts";

const STREAM = { basis: "settlement", isSample: false } as const;
const LEG = "2025-12-10/2025-10-16/hawkish";
const inCluster = (key: string, cluster: string) => ({ alert: { key, cluster } });

describe("clusterNames()", () => {
  it("gives a new cluster the same name in every run, another one in every stream", () => {
    const nameIn = (stream: Parameters<typeof clusterNames>[0]) => clusterNames(stream, [], [])(`${LEG}/sharp/0`);
    expect(nameIn(STREAM)).toMatch(/^[0-9a-f]{16}$/);
    expect(nameIn(STREAM)).toBe(nameIn({ ...STREAM }));
    expect(nameIn({ ...STREAM, isSample: true })).not.toBe(nameIn(STREAM));
    expect(nameIn({ ...STREAM, basis: "published" })).not.toBe(nameIn(STREAM));
  });

  it.each([
    ["the alert that names it", "b"],
    ["the same, told again", "b/again/2"],
    ["the same, during the day", "b/provisional/2025-11-21"],
    ["another of its alerts", "c"],
  ])("keeps the name under which %s was told", (_, toldKey) => {
    const nameOf = clusterNames(
      STREAM,
      [inCluster("b", "b"), inCluster("c", "b")],
      [{ key: toldKey, cluster: "told" }],
    );
    expect(nameOf("b")).toBe("told");
    expect(nameOf("d")).not.toBe("told");
  });
});
