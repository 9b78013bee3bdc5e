// @ts-check
/** What a message of the feed says on a page, in a line, and where more of it is. */

/**
 * @typedef {{type: string, data: {[name: string]: unknown}}} Body
 * @typedef {{text: string, path: string | null}} Words
 */

/** @param {Body["data"]} data */
function rates({ start_rate_bp: from, extreme_rate_bp: to }) {
  if (typeof from !== "number" || typeof to !== "number") return "";
  return `: expected rate ${from.toFixed(1)} → ${to.toFixed(1)} bp`;
}

/**
 * @param {Body} body
 * @returns {Words | null} null for what is no news to someone who looks at the page: the daily digest, and history
 */
export function alertWords({ type, data }) {
  if (data.historical === true) return null;
  const meeting = String(data.meeting);
  if (type.startsWith("repricing.")) {
    const target = typeof data.path === "number" ? `the path to the end of ${data.path}` : `the meeting of ${meeting}`;
    const kind = type.slice("repricing.".length);
    return {
      text: `${kind}: ${String(data.direction)} repricing of ${target}${rates(data)}.`,
      path: typeof data.id === "number" ? `/repricings/${data.id}` : null,
    };
  }
  if (type === "meeting.decided") {
    return { text: `The decision of the meeting of ${meeting} is known.`, path: `/meetings/${meeting}` };
  }
  const what = String(data.what);
  if (type === "data.stale") return { text: `New ${what} are overdue.`, path: "/sources" };
  if (type === "data.recovered") return { text: `New ${what} have arrived again.`, path: "/sources" };
  return null;
}
