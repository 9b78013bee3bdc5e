import { describe, expect, it } from "vitest";
import { alertDrafts, noticeDrafts } from "../../src/webhooks/delivery-drafts.ts";
import { type ToldNotice, wantsAlert, wantsNotice } from "../../src/webhooks/match.ts";
import { selectedMeeting } from "../../src/webhooks/meeting-selection.ts";
import { alertOf, MEETINGS, meetingOn, subscriptionTo } from "./told.ts";

describe("selectedMeeting()", () => {
  it.each([
    { at: "2025-10-29T17:59:59Z", next: "2025-10-29", after: "2025-12-10" },
    // 14:00 in New York, where daylight saving still holds: the decision is made.
    { at: "2025-10-29T18:00:00Z", next: "2025-12-10", after: "2026-01-28" },
    { at: "2025-12-10T18:59:59Z", next: "2025-12-10", after: "2026-01-28" },
    { at: "2025-12-10T19:00:00Z", next: "2026-01-28", after: "2026-03-18" },
  ])("next is $next and next+1 $after at $at", ({ at, next, after }) => {
    expect(selectedMeeting("next", MEETINGS, new Date(at))).toBe(next);
    expect(selectedMeeting("next+1", MEETINGS, new Date(at))).toBe(after);
  });

  it("takes the time at which a decision was announced where that is known", () => {
    const early = MEETINGS.map((meeting) =>
      meeting.meetingDate === "2025-10-29"
        ? { ...meeting, decision: { lowerBp: 375, upperBp: 400, announcedAt: new Date("2025-10-29T17:00:00Z") } }
        : meeting,
    );
    expect(selectedMeeting("next", early, new Date("2025-10-29T17:30:00Z"))).toBe("2025-12-10");
  });

  it("gives the last meeting of New York's year for year_end, decided or not, and null past the calendar's end", () => {
    expect(selectedMeeting("year_end", MEETINGS, new Date("2025-10-01T00:00:00Z"))).toBe("2025-12-10");
    // Still 31 December in New York.
    expect(selectedMeeting("year_end", MEETINGS, new Date("2026-01-01T04:59:00Z"))).toBe("2025-12-10");
    expect(selectedMeeting("year_end", MEETINGS, new Date("2026-01-01T05:00:00Z"))).toBe("2026-03-18");
    expect(selectedMeeting("next", MEETINGS, new Date("2027-01-01T00:00:00Z"))).toBeNull();
  });

  it("passes over unscheduled and cancelled meetings, and those not yet on the calendar", () => {
    const at = new Date("2020-03-16T12:00:00Z");
    const meetings = [
      meetingOn("2020-03-17", { scheduled: false }),
      meetingOn("2020-03-18", { cancelledAt: new Date("2020-03-15T21:00:00Z") }),
      meetingOn("2020-03-31", { knownFrom: new Date("2020-03-20T00:00:00Z") }),
      meetingOn("2020-04-29"),
    ];
    expect(selectedMeeting("next", meetings, at)).toBe("2020-04-29");
    expect(selectedMeeting("next", meetings, new Date("2020-03-13T12:00:00Z"))).toBe("2020-03-18");
  });
});

describe("wantsAlert()", () => {
  const wants = (wanted: Parameters<typeof subscriptionTo>[0], told: Parameters<typeof alertOf>[0]) =>
    wantsAlert(subscriptionTo(wanted), alertOf(told), MEETINGS);

  it.each(["notice", "sharp", "severe", "extreme"] as const)("takes a %s from its own severity on", (severity) => {
    const order = ["notice", "sharp", "severe", "extreme"] as const;
    for (const minSeverity of order) {
      const expected = order.indexOf(severity) >= order.indexOf(minSeverity);
      for (const type of ["repricing.extended", "repricing.confirmed", "repricing.withdrawn"] as const) {
        expect(wants({ minSeverity }, { severity, type })).toBe(expected);
      }
    }
  });

  it("takes exactly the types that are listed", () => {
    expect(wants({ events: ["repricing.severe"] }, { type: "repricing.sharp" })).toBe(false);
    expect(wants({ events: ["repricing.sharp"] }, { type: "repricing.sharp" })).toBe(true);
    expect(wants({ events: [] }, { type: "repricing.sharp" })).toBe(false);
    expect(wants({ events: ["repricing.notice"], minSeverity: "sharp" }, { severity: "notice" })).toBe(false);
  });

  it("reads selectors at the alert's own time", () => {
    const before = { asOf: "2025-10-28T19:00:00.000Z" };
    const after = { asOf: "2025-10-29T19:00:00.000Z" };
    expect(wants({ meetings: ["next"] }, before)).toBe(false);
    expect(wants({ meetings: ["next"] }, after)).toBe(true);
    expect(wants({ meetings: ["next+1"] }, before)).toBe(true);
    expect(wants({ meetings: ["next+1", "2025-12-10"] }, after)).toBe(true);
    expect(wants({ meetings: ["2026-01-28"] }, after)).toBe(false);
    expect(wants({ meetings: [] }, after)).toBe(false);
  });

  it("gives year_end the year's last meeting and every path", () => {
    expect(wants({ meetings: ["year_end"] }, {})).toBe(true);
    expect(wants({ meetings: ["year_end"] }, { meeting: "2026-12-09", path: 2026 })).toBe(true);
    expect(wants({ meetings: ["year_end"] }, { meeting: "2026-01-28" })).toBe(false);
  });
});

describe("wantsNotice()", () => {
  const decided: ToldNotice = {
    id: 9,
    type: "meeting.decided",
    meeting: "2025-10-29",
    asOf: "2025-10-29T18:00:00.000Z",
    recordedAt: new Date("2025-10-29T18:01:00Z"),
  };

  it("is silent unless the type is asked for", () => {
    expect(wantsNotice(subscriptionTo(), decided, MEETINGS)).toBe(false);
    expect(wantsNotice(subscriptionTo({ events: ["meeting.decided"] }), decided, MEETINGS)).toBe(true);
  });

  it("tells who waits for the next meeting of its decision, though it is no longer the next", () => {
    const wants = (meetings: readonly ("next" | "next+1" | string)[], notice = decided, calendar = MEETINGS) =>
      wantsNotice(subscriptionTo({ events: ["meeting.decided"], meetings }), notice, calendar);
    expect(wants(["next"])).toBe(true);
    expect(wants(["next+1"])).toBe(false);
    expect(wants(["2025-10-29"])).toBe(true);
    expect(wants(["2025-12-10"])).toBe(false);
    const sudden = [...MEETINGS, meetingOn("2025-11-03", { scheduled: false })];
    expect(wants(["next"], { ...decided, meeting: "2025-11-03" }, sudden)).toBe(true);
    expect(wants(["year_end"], { ...decided, meeting: "2025-11-03" }, sudden)).toBe(false);
  });

  it("does not apply meetings to what is about none", () => {
    const events = ["digest.daily", "data.stale", "data.recovered"] as const;
    for (const type of events) {
      const notice = { ...decided, type, meeting: null };
      expect(wantsNotice(subscriptionTo({ events, meetings: ["2026-01-28"] }), notice, MEETINGS)).toBe(true);
    }
  });
});

describe("alertDrafts(), noticeDrafts()", () => {
  it("name a message by webhook and subject", () => {
    const webhook = {
      webhookId: 7,
      tenant: "t",
      subscription: subscriptionTo({ events: ["repricing.sharp", "data.stale"] }),
    };
    const [alert] = alertDrafts([webhook], [alertOf({ id: 12 })], { meetings: MEETINGS });
    expect(alert).toMatchObject({ messageId: "msg_7_a12", alertId: 12, noticeId: null, body: null, askedFor: false });
    const stale = {
      id: 13,
      type: "data.stale",
      meeting: null,
      asOf: "2025-11-03T00:00:00.000Z",
      recordedAt: new Date(0),
    } as const;
    const [notice] = noticeDrafts([webhook], [stale], { meetings: MEETINGS });
    expect(notice).toMatchObject({ messageId: "msg_7_n13", alertId: null, noticeId: 13, type: "data.stale" });
  });
});
