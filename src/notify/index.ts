// The face of the notify room: from the outbox to Kafka, webhooks, the live stream and the customer's inbox.
export { webhookDestination } from './delivery.ts';
export { createKafkaPublisher, type KafkaPublisher, type KafkaPublisherOptions } from './kafka-publisher.ts';
export {
  type DeliveryQuery,
  type DeliveryState,
  type DeliveryView,
  listDeliveries,
} from './load-deliveries.ts';
export { type DeliveryCounts, loadDeliveryCounts } from './load-delivery-counts.ts';
export {
  listNotifications,
  type Notification,
  type NotificationQuery,
} from './load-notifications.ts';
export { getWebhook, listWebhooks } from './load-webhooks.ts';
export {
  type CloseReason,
  createNotificationStream,
  type NotificationStream,
  type OnClose,
  type OnEvent,
  type StreamOptions,
} from './notification-stream.ts';
export { createNotifyMetrics, type NotifyMetrics } from './notify-metrics.ts';
export { createRelay, type Relay, type RelayOptions } from './outbox-relay.ts';
export type { RetryPolicy } from './retry-policy.ts';
export { markNotificationRead } from './save-notification-read.ts';
export { type RedeliveryFilter, redeliver } from './save-redelivery.ts';
export {
  createWebhook,
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  type NewWebhook,
  rotateWebhookSecret,
  type WebhookWithSecret,
} from './save-webhook.ts';
export { type OutboxFacts, toOutgoingEvent } from './to-outgoing-event.ts';
export type { Webhook, WebhookState } from './webhook.ts';
export { createWebhookSender, type WebhookSender, type WebhookSenderOptions } from './webhook-sender.ts';
export type { TargetRules } from './webhook-url.ts';
