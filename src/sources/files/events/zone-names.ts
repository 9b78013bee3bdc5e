/** Time zones by the names that calendars give them. */

// Names of Windows and Outlook after Unicode CLDR's windowsZones.xml, for the places whose releases move markets; the others
// are what calendars of US releases have been seen to use.
const COMMON: ReadonlyMap<string, string> = new Map(
  Object.entries({
    "eastern standard time": "America/New_York",
    "eastern daylight time": "America/New_York",
    "eastern time": "America/New_York",
    "eastern time (us & canada)": "America/New_York",
    eastern: "America/New_York",
    "us-eastern": "America/New_York",
    "us eastern": "America/New_York",
    et: "America/New_York",
    "central standard time": "America/Chicago",
    "central daylight time": "America/Chicago",
    "central time": "America/Chicago",
    "central time (us & canada)": "America/Chicago",
    central: "America/Chicago",
    "us-central": "America/Chicago",
    "us central": "America/Chicago",
    ct: "America/Chicago",
    "mountain standard time": "America/Denver",
    "mountain time": "America/Denver",
    "mountain time (us & canada)": "America/Denver",
    "us-mountain": "America/Denver",
    "us mountain standard time": "America/Phoenix",
    "pacific standard time": "America/Los_Angeles",
    "pacific daylight time": "America/Los_Angeles",
    "pacific time": "America/Los_Angeles",
    "pacific time (us & canada)": "America/Los_Angeles",
    pacific: "America/Los_Angeles",
    "us-pacific": "America/Los_Angeles",
    pt: "America/Los_Angeles",
    "gmt standard time": "Europe/London",
    "greenwich standard time": "Atlantic/Reykjavik",
    "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest",
    "central european standard time": "Europe/Warsaw",
    "china standard time": "Asia/Shanghai",
    "tokyo standard time": "Asia/Tokyo",
    "india standard time": "Asia/Kolkata",
    "aus eastern standard time": "Australia/Sydney",
    "coordinated universal time": "UTC",
    z: "UTC",
  }),
);
/** The longest names of places have three parts: America/Argentina/Ushuaia. */
const MAX_PARTS = 3;
const MAX_NAME = 200;

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: name });
    return true;
  } catch {
    // Intl has no other way to say that it does not know a zone.
    return false;
  }
}

/**
 * The IANA name of a zone: of an IANA name itself, of one behind a maker's prefix (`/example.org/America/New_York`), and of
 * the common names of Windows and of US calendars. Null: not known.
 *
 * @example
 * zoneNamed("US-Eastern"); // "America/New_York"
 */
export function zoneNamed(name: string): string | null {
  if (name.length > MAX_NAME) return null;
  const given = name.trim();
  const common = COMMON.get(given.toLowerCase().replace(/^\((?:utc|gmt)[^)]*\) ?/, ""));
  if (common !== undefined) return common;
  const parts = given.split("/").filter((part) => part !== "");
  for (let count = Math.min(parts.length, MAX_PARTS); count > 0; count -= 1) {
    const zone = parts.slice(-count).join("/");
    if (isZone(zone)) return zone;
  }
  return null;
}
