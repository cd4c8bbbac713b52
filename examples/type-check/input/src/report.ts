import { longestGap, schedule } from "./schedule.js";

interface Meeting {
  title: string;
  guests?: readonly string[];
}

const meetings = [
  { from: 9, to: 11, value: { title: "Plans" } },
  { from: 10, to: 12, value: { title: "Budget", guests: ["Ada"] } },
  { from: 13, to: 14, value: { title: "Review" } },
] as const satisfies readonly { from: number; to: number; value: Meeting }[];

/** Tells each room's meetings in a line. */
export function report(): string[] {
  return schedule<Meeting>(meetings).rooms.map((room, number) => {
    const titles = room.map(({ value }) => (value.guests ? `${value.title} with ${value.guests.join(", ")}` : value.title));
    const gap = longestGap(room);
    return `Room ${number + 1}: ${titles.join("; ")}${gap ? ` (free from ${gap.from} to ${gap.to})` : ""}`;
  });
}
