// How long answers are waited for where nobody knows how many there will be.

/** Milliseconds in which every node answers that knows of calls, registrations or lamps. */
export const ofNodes = 400;
/** Milliseconds in which every process tells of itself. */
export const ofProcesses = 800;
