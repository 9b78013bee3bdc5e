/** Signs 100,000 messages, changes one bit of each, and asks the official library whether it would accept any. */
import { acceptedAfterBitFlips, seededRandom } from "../webhooks/bit-flips.ts";

const MESSAGES = 100_000;
const SEED = 20251210;

const { whole, changed } = acceptedAfterBitFlips(MESSAGES, seededRandom(SEED), new Date());
console.log(`signed ${MESSAGES} messages (seed ${SEED})`);
console.log(`accepted as sent      ${whole}`);
console.log(`accepted one bit off  ${changed}`);
if (whole !== MESSAGES || changed !== 0) process.exitCode = 1;
