/** Why a message was not sent, in the log of deliveries. The first words tell it from other reasons. */
export const WITHHELD_BY = "Withheld by CUTWATCH_WITHHOLD";
export const WITHHELD_ERROR = `${WITHHELD_BY}: it holds a source's own figures, which may not be passed on; not sent`;

/** Why a rule is not judged, which completes "not judged: ". */
export const WITHHELD_READINGS = "its readings are a source's own figures, which CUTWATCH_WITHHOLD keeps back";
