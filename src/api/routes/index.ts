// Every route of the API: what Express serves and what the OpenAPI document describes.
import { buildOpenApiOf } from '../build-openapi.ts';
import type { Route } from '../define-route.ts';
import { consentRoutes } from './consents.ts';
import { creditLimitRoutes } from './credit-limit.ts';
import { customerRoutes } from './customers.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { decisionRoutes } from './decisions.ts';
import { emotionalStateRoutes } from './emotional-states.ts';
import { eventRoutes } from './events.ts';
import { gateVerdictRoutes } from './gate-verdicts.ts';
import { keyRoutes } from './keys.ts';
import { modelPromotionRoutes } from './model-promotions.ts';
import { modelRoutes } from './models.ts';
import { monitoringRoutes } from './monitoring.ts';
import { notificationRoutes } from './notifications.ts';
import { makeSystemRoutes } from './system.ts';
import { transactionRoutes } from './transactions.ts';
import { versionRoutes } from './versions.ts';
import { webhookRoutes } from './webhooks.ts';

export const API_ROUTES: readonly Route[] = [
  ...creditLimitRoutes,
  ...customerRoutes,
  ...consentRoutes,
  ...eventRoutes,
  ...transactionRoutes,
  ...emotionalStateRoutes,
  ...decisionRoutes,
  ...notificationRoutes,
  ...webhookRoutes,
  ...deadLetterRoutes,
  ...keyRoutes,
  ...modelRoutes,
  ...monitoringRoutes,
  ...modelPromotionRoutes,
  ...gateVerdictRoutes,
  ...versionRoutes,
  ...makeSystemRoutes(buildOpenApi),
];

let built: object | undefined;

/** The OpenAPI 3.1 document of this API. */
export function buildOpenApi(): object {
  built ??= buildOpenApiOf(API_ROUTES);
  return built;
}
