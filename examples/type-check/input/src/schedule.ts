import { type Interval, isOverlapping, sorted } from "./interval.js";

/** The least number of rooms in which all meetings can take place, and which meeting is in which. */
export interface Schedule<Meeting> {
  readonly rooms: readonly (readonly Interval<Meeting>[])[];
}

/** Puts each meeting into the first room that is free. */
export function schedule<Meeting>(meetings: readonly Interval<Meeting>[]): Schedule<Meeting> {
  const rooms: Interval<Meeting>[][] = [];
  for (const meeting of sorted(meetings)) {
    const free = rooms.find((room) => room.every((other) => !isOverlapping(other, meeting)));
    if (free) free.push(meeting);
    else rooms.push([meeting]);
  }
  return { rooms };
}

/** Finds the longest gap in a room between the first meeting and the last. */
export function longestGap<Meeting>(room: readonly Interval<Meeting>[]): Interval | undefined {
  const gaps = sorted(room).flatMap((meeting, i, all): Interval[] => {
    const next = all[i + 1];
    return next && next.from > meeting.to ? [{ from: meeting.to, to: next.from, value: undefined }] : [];
  });
  return gaps.reduce<Interval | undefined>((best, gap) => (best && best.to - best.from >= gap.to - gap.from ? best : gap), undefined);
}
