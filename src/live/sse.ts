import type { TailPlace } from './tail-position.js';

/** Why the server ends a tail. */
export type EndReason = 'shutting_down' | 'too_slow' | 'unauthorized';

const RECONNECT_MS = 2_000;
const PLACE = /^(\d{1,16})-(\d{1,16})$/;

/** The first words of a tail: with them its headers are sent. */
export const OPENING = `retry: ${RECONNECT_MS}\n\n`;

/** A message: JSON, which holds no end of line. */
export function message(place: TailPlace, json: string): string {
  return `id: ${placeText(place)}\ndata: ${json}\n\n`;
}

/** Keeps the connection open, and the place of a client whose filter finds little near to now. */
export function heartbeat(place: TailPlace): string {
  return `: heartbeat\nid: ${placeText(place)}\n\n`;
}

export function ending(reason: EndReason): string {
  return `event: end\ndata: ${JSON.stringify({ reason })}\n\n`;
}

function placeText({ id, atMs }: TailPlace): string {
  return `${id}-${atMs}`;
}

/**
 * The place that a Last-Event-ID says; null where it is none of this server. Not a cursor of `http/query`: those end with an
 * upgrade, and an upgrade is when every tail comes back.
 */
export function parsePlace(text: string): TailPlace | null {
  const [, id, atMs] = PLACE.exec(text) ?? [];
  const place = { id: Number(id), atMs: Number(atMs) };
  return Number.isSafeInteger(place.id) && place.atMs <= MAX_DATE_MS ? place : null;
}

/** What a Date can hold. */
const MAX_DATE_MS = 8.64e15;
