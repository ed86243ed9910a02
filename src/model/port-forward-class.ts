/** What a deploy forwards (skaffold.dev, "Port Forwarding"). `user`: what the configuration names. */
export type PortForwardClass = 'user' | 'services' | 'pods' | 'debug';

export const portForwardClasses: readonly PortForwardClass[] = ['user', 'services', 'pods', 'debug'];
