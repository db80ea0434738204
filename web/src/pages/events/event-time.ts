import { ofYear } from '../../kit/format.js';

// As kit/format.ts, with the milliseconds that tell events of one second apart.
const LOCALE = 'en-GB';
const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const;
const dayAndTime = ofYear({ day: '2-digit', month: 'short', ...time });
const timeOnly = new Intl.DateTimeFormat(LOCALE, time);

/** "21 Nov, 10:04:05.123"; of another year "21 Nov 2025, 10:04:05.123" */
export const eventTime = (moment: string) => dayAndTime(moment);
/** "10:04:05.123" */
export const eventClock = (moment: string) => timeOnly.format(new Date(moment));
