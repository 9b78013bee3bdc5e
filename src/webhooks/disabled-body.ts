/** What the other webhooks of a tenant are told when one was disabled. */

export interface DisabledData {
  readonly webhookId: number;
  /** as its owner wrote it; its address may be a secret and is not told */
  readonly description: string;
  readonly reason: string;
  readonly failingSince: Date | null;
  readonly lastSuccessAt: Date | null;
  /** messages that wait until it is enabled again */
  readonly pending: number;
}

/**
 * Body of `webhook.disabled`.
 *
 * @param baseUrl where cutwatch is served, without a trailing slash; null: not known, so that `url` is a path
 */
export function disabledBody(disabled: DisabledData, at: Date, baseUrl: string | null) {
  return {
    type: "webhook.disabled",
    timestamp: at.toISOString(),
    data: {
      as_of: at.toISOString(),
      url: `${baseUrl ?? ""}/v1/webhooks/${disabled.webhookId}`,
      webhook_id: disabled.webhookId,
      description: disabled.description,
      reason: disabled.reason,
      failing_since: disabled.failingSince?.toISOString() ?? null,
      last_success_at: disabled.lastSuccessAt?.toISOString() ?? null,
      pending: disabled.pending,
    },
  } as const;
}
