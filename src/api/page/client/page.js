// @ts-check
/** What every page runs. The order matters: the page is remembered as it was written before anything changes it. */
import { startClock } from "./clock.js";
import { startCopying } from "./copy.js";
import { startLive } from "./live.js";
import { rememberParts } from "./swap.js";
import { startThemeButton } from "./theme-button.js";

rememberParts();
startThemeButton();
startCopying();
startClock();
startLive();
