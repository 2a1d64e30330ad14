// Which codecs to offer: browsers list the same codec many times over with other parameters, and most of an SDP is that
// list. One of each is enough for a call, and keeps signalling small.

const wanted: readonly ((codec: RTCRtpCodec) => boolean)[] = [
  // The first that the browser has of each: order is preference, and stays the browser's own.
  ({ mimeType }) => mimeType === 'audio/opus',
  ({ mimeType }) => mimeType === 'video/VP8',
  ({ mimeType, sdpFmtpLine = '' }) =>
    mimeType === 'video/VP9' && !/profile-id=[1-9]/.test(sdpFmtpLine),
  // Constrained baseline, which everybody has in hardware, in the packetization that carries more than tiny pictures.
  ({ mimeType, sdpFmtpLine = '' }) =>
    mimeType === 'video/H264' &&
    /profile-level-id=42e0/i.test(sdpFmtpLine) &&
    sdpFmtpLine.includes('packetization-mode=1'),
  ({ mimeType, sdpFmtpLine = '' }) =>
    mimeType === 'video/AV1' && !/profile(-id)?=[1-9]/.test(sdpFmtpLine),
  ({ mimeType }) => mimeType === 'video/rtx',
];

// Firefox 153 goes on listing the feedback (a=rtcp-fb) of video codecs that were not chosen, and Chromium refuses a description
// that does. Firefox is known by the limits it states for VP8. Its list is short, so that little is lost.
const listsFeedbackOfAll = ({ mimeType, sdpFmtpLine = '' }: RTCRtpCodec): boolean =>
  mimeType === 'video/VP8' && sdpFmtpLine.includes('max-fs=');

/** The codecs to offer, out of what can be received. Empty where there is nothing to choose: then leave it to the browser. */
export function chooseCodecs(capabilities: RTCRtpCapabilities | null): RTCRtpCodec[] {
  const codecs = capabilities?.codecs ?? [];
  if (codecs.some(listsFeedbackOfAll)) return [];
  const found = new Set<unknown>();
  return codecs.filter((codec) => {
    const which = wanted.find((matches) => matches(codec));
    return which !== undefined && !found.has(which) && found.add(which);
  });
}
