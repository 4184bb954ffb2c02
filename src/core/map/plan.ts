/** What of a project the journey map counts by. */
export interface MapPlan {
  /**
   * Names of events that are counted by themselves: touchpoints, what conditions ask about, and the standard ones. Whoever
   * sends events may name them as he likes, so that all others are counted together, as `OTHER_EVENTS`.
   */
  readonly events: ReadonlySet<string>;
  /** ISO 4217: orders in others add nothing to the revenue. */
  readonly currency: string;
}

export const OTHER_EVENTS = 'other';

/** What is done in any shop, whatever a project says. */
export const STANDARD_EVENTS: readonly string[] = [
  ...['page_viewed', 'screen_viewed', 'product_viewed', 'product_list_viewed', 'products_searched'],
  ...['product_added', 'product_removed', 'cart_viewed', 'checkout_started', 'product_added_to_wishlist'],
  ...['order_completed', 'order_cancelled', 'order_refunded', 'order_delivered', 'order_late'],
  ...['product_reviewed', 'survey_answered', 'complaint_opened', 'complaint_solved'],
  ...['message_opened', 'message_clicked', 'message_bounced', 'message_complained', 'unsubscribed'],
  ...['consent_withdrawn', 'chat_message_written', 'identified'],
];
