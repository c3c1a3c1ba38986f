/** The tabs in order; the number keys name them. */
export const tabs = ['overview', 'active', 'completed', 'failed', 'expired', 'requests', 'workers'] as const;
export type Tab = (typeof tabs)[number];

/** What a tab is called. */
export const tabTitle = (tab: Tab): string => `${tab.slice(0, 1).toUpperCase()}${tab.slice(1)}`;
