import { z } from "zod";

/**
 * A figure as upstreams send it: a number, a number in a string, null, an empty or a placeholder text, or not at all. What is none
 * becomes null, so that one odd value costs only itself.
 */
export const Figure = z
  .unknown()
  .optional()
  .transform((value): number | null => {
    if (typeof value === "number") return Number.isFinite(value) ? value : null;
    if (typeof value !== "string" || value.trim() === "") return null;
    const number = Number(value.replaceAll(",", ""));
    return Number.isFinite(number) ? number : null;
  });
