// @ts-check
/** Says a line to those who listen to the page instead of looking at it. */

/** @param {string} text */
export function say(text) {
  const place = document.getElementById("said");
  if (place !== null) place.textContent = text;
}
