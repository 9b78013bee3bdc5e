import { badgeDrawing } from "./badge.ts";
import { chartDrawing } from "./chart.ts";
import type { Drawing } from "./drawing.ts";

/** Every drawing of the API. */
export const DRAWINGS: readonly Drawing[] = [badgeDrawing, chartDrawing];
