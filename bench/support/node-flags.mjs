// Flags of Node by which the image runs ECS (Dockerfile); what is compared with it gets them as well.

export const NODE_FLAGS = ['--max-semi-space-size=64'];
