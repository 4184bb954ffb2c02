import type { JsonObject } from '../../core/json.ts';
import {
  CATEGORIES,
  CATEGORY_IDS,
  inCategory,
  PRODUCTS,
  SHOP_URL,
  type Category,
  type Language,
  type ShopProduct,
} from './catalogue.ts';
import { productProperties } from './diary.ts';
import { act, type Visit } from './visit.ts';

/** What people do in the shop before they put anything in the cart. */

/** The first page of a visit, and where they came from. */
export function arrive(here: Visit): void {
  const { dice, person } = here.diary;
  const page = dice.chance(0.7) ? PAGES.home : PAGES.sale;
  const referrer = dice.weighted(REFERRERS, ({ weight }) => weight).url;
  seePage(here, page, person.language, referrer === '' ? {} : { referrer });
}

/** Comes through the newsletter and reads an article of the shop's journal. */
export function readJournal(here: Visit): void {
  const { dice, person } = here.diary;
  const campaign = { campaign: 'newsletter', category: 'journal' };
  seePage(here, dice.pick(ARTICLES), person.language, campaign);
}

export function browse(here: Visit, category: Category): void {
  const list = { list_id: category, category, name: CATEGORIES[category][here.diary.person.language] };
  act(here, 'product_list_viewed', list);
}

function search(here: Visit): void {
  const { dice, person } = here.diary;
  act(here, 'products_searched', { query: dice.pick(QUERIES[person.language]) });
}

export function view(here: Visit, product: ShopProduct): void {
  act(here, 'product_viewed', productProperties(here.diary.person, product));
}

/** Looks at so many products of one category, and says which. */
export function lookAround(here: Visit, category: Category, count: number): ShopProduct[] {
  if (here.diary.dice.chance(0.25)) search(here);
  else browse(here, category);
  const seen = here.diary.dice.shuffle(inCategory(category)).slice(0, count);
  for (const product of seen) view(here, product);
  return seen;
}

/** The page on prices, shipping and returns. */
export function readPrices(here: Visit): void {
  act(here, 'pricing_viewed', { path: '/shipping-and-prices', url: `${SHOP_URL}/shipping-and-prices` });
}

/** A category that this person likes more often than not. */
export function likedCategory({ diary }: Visit): Category {
  const { dice, person } = diary;
  return dice.weighted(CATEGORY_IDS, (category) => (person.tastes.includes(category) ? 6 : 1));
}

export function likedProduct({ diary }: Visit): ShopProduct {
  const { dice, person } = diary;
  return dice.weighted(PRODUCTS, ({ category, popularity }) =>
    person.tastes.includes(category) ? popularity * 5 : popularity,
  );
}

interface Page {
  readonly path: string;
  readonly title: Readonly<Record<Language, string>>;
}

const PAGES = {
  home: { path: '/', title: { es: 'Lumbre, material para correr', en: 'Lumbre, running gear' } },
  sale: { path: '/new', title: { es: 'Novedades de la temporada', en: 'New this season' } },
} as const satisfies Record<string, Page>;

const ARTICLES: readonly Page[] = [
  { path: '/journal/first-10k', title: { es: 'Tus primeros 10 kilómetros', en: 'Your first 10 kilometres' } },
  {
    path: '/journal/chapultepec-loops',
    title: { es: 'Cinco vueltas por Chapultepec', en: 'Five loops in Chapultepec' },
  },
  {
    path: '/journal/retiro-at-dawn',
    title: { es: 'El Retiro al amanecer', en: 'El Retiro at dawn' },
  },
  {
    path: '/journal/choosing-shoes',
    title: { es: 'Cómo elegir zapatillas', en: 'How to choose your shoes' },
  },
  {
    path: '/journal/running-in-altitude',
    title: { es: 'Correr en altura', en: 'Running at altitude' },
  },
];

const REFERRERS = [
  { url: '', weight: 5 },
  { url: 'https://search.example/', weight: 5 },
  { url: 'https://social.example/', weight: 3 },
  { url: 'https://running-club.example/', weight: 1 },
] as const;

const QUERIES: Readonly<Record<Language, readonly string[]>> = {
  es: [
    'zapatillas maratón',
    'trail mujer',
    'cortavientos',
    'mallas invierno',
    'chaleco hidratación',
    'frontal',
  ],
  en: ['marathon shoes', 'trail women', 'windbreaker', 'winter tights', 'hydration vest', 'head torch'],
};

function seePage(here: Visit, { path, title }: Page, language: Language, more: JsonObject): void {
  act(here, 'page_viewed', { path, url: `${SHOP_URL}${path}`, title: title[language], ...more }, 'page');
}
