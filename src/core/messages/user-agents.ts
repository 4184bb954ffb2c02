/**
 * Words by which programs that fetch links and pictures name themselves, in lower case. Only names that no browser and
 * no mail program of a person carries; scanners that pass for a browser are told by what they do.
 */

/** Whoever carries one of these is a machine. */
export const SCANNERS: readonly string[] = [
  // Mail gateways and link checkers that say who they are: https://github.com/mautic/mautic/issues/16263 lists their
  // kinds, https://github.com/phpList/phplist3/issues/415 shows how Outlook.com's preview opens links by itself.
  'barracuda',
  'bingpreview',
  'ciscosecureemail',
  'fortinet',
  'ironport',
  'mimecast',
  'proofpoint',
  'safelinks',
  'trendmicro',
  'urlscan',
  'virustotal',
  // Libraries and tools that fetch on their own (https://github.com/monperrus/crawler-user-agents).
  'aiohttp',
  'apache-httpclient',
  'axios/',
  'curl/',
  'go-http-client',
  'guzzlehttp',
  'headlesschrome',
  'java/',
  'libwww-perl',
  'lua-resty-http',
  'node-fetch',
  'phantomjs',
  'python-requests',
  'python-urllib',
  'wget/',
  // Previews that chats and networks make of a link somebody passes on, and crawlers: each documents its own name, as
  // https://api.slack.com/robots and https://developers.google.com/search/docs/crawling-indexing/overview-google-crawlers.
  'applebot',
  'bingbot',
  'crawler',
  'discordbot',
  'duckduckbot',
  'facebookexternalhit',
  'google-safety',
  'googlebot',
  'linkedinbot',
  'petalbot',
  'skypeuripreview',
  'slackbot',
  'spider',
  'telegrambot',
  'twitterbot',
  'whatsapp/',
  'yandexbot',
];

/**
 * Proxies that fetch the pictures of a message for a person, or before any person looks; nobody outside can tell which.
 * Gmail's: https://www.scientiamobile.com/what-is-google-image-proxy/. Yahoo's names itself likewise.
 */
export const IMAGE_PROXIES: readonly string[] = ['googleimageproxy', 'yahoomailproxy'];

/**
 * What Gmail's own fetching ahead of the reader calls itself, since no browser of that age is left:
 * https://github.com/pentacent/keila/pull/164.
 */
export const FETCHED_AHEAD = 'edge/12.246 mozilla/5.0';

/** All that Apple's Mail Privacy Protection says of itself; no browser leaves it at that. */
export const BARE = 'mozilla/5.0';
