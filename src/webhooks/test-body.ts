/** The message that shows that a webhook arrives. */
export function testBody(webhookId: number, now: Date, baseUrl: string | null) {
  return {
    type: "webhook.test" as const,
    timestamp: now.toISOString(),
    data: {
      webhook_id: webhookId,
      url: `${baseUrl ?? ""}/v1/webhooks/${webhookId}`,
      as_of: now.toISOString(),
      message: "A test of this webhook: it arrives, and nothing has happened in the market",
    },
  };
}
