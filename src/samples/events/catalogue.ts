import type { EventType } from '../../core/records/event.js';
import { Weighted, zipf } from '../random.js';

/** What an app with a shop in it reports. Lists go from the frequent to the rare. */
export const eventNames: Record<EventType, Weighted<string>> = {
  behavioral: zipf([
    'screen_view',
    'button_tap',
    'list_scroll',
    'search',
    'product_view',
    'cart_add',
    'push_open',
    'filter_change',
    'share',
    'cart_remove',
    'checkout_start',
    'purchase',
    'favorite_add',
    'review_write',
    'sign_in',
    'sign_up',
    'sign_out',
    'refund_request',
  ]),
  performance: zipf([
    'http_request',
    'screen_render',
    'image_load',
    'cold_start',
    'warm_start',
    'database_query',
    'video_start',
    'checkout_latency',
  ]),
  telemetry: zipf(['heartbeat', 'memory_sample', 'network_change', 'battery_sample', 'storage_sample']),
  observability: zipf(['span', 'cache_refresh', 'background_sync', 'feature_flag_fetch', 'token_refresh']),
  error: zipf([
    'http_error',
    'timeout',
    'parse_error',
    'image_error',
    'payment_declined',
    'crash',
    'out_of_memory',
  ]),
};

/** Of all events but errors. */
export const eventTypes = new Weighted<Exclude<EventType, 'error'>>(
  ['behavioral', 'performance', 'telemetry', 'observability'],
  [0.58, 0.18, 0.14, 0.1],
);

export const providers = zipf(['api', 'cdn', 'search', 'payments', 'push', 'maps', 'ads', 'identity']);

export const screens = zipf([
  'home',
  'product',
  'search',
  'cart',
  'profile',
  'checkout',
  'orders',
  'settings',
  'help',
]);

export const models = zipf([
  { os: 'iOS', versions: ['19.1', '19.0', '18.6'], name: 'iPhone 17' },
  { os: 'Android', versions: ['16', '15'], name: 'Galaxy S25' },
  { os: 'iOS', versions: ['18.6', '19.0', '17.7'], name: 'iPhone 15' },
  { os: 'Android', versions: ['16', '15'], name: 'Pixel 9' },
  { os: 'Android', versions: ['14', '13'], name: 'Redmi Note 13' },
  { os: 'Android', versions: ['15', '14'], name: 'Galaxy A55' },
  { os: 'iPadOS', versions: ['19.0', '18.6'], name: 'iPad Air' },
]);

export const locales = zipf(['en-US', 'de-DE', 'fr-FR', 'pt-BR', 'ja-JP', 'es-MX', 'hi-IN', 'tr-TR']);
export const networks = new Weighted(['wifi', '5g', '4g', '3g'], [0.6, 0.22, 0.16, 0.02]);
