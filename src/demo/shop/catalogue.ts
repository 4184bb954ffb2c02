/** What Lumbre sells: running gear of its own make, named after fire. Prices are in euros, taxes included. */

export type Language = 'es' | 'en';
export type Category = keyof typeof CATEGORIES;

export interface ShopProduct {
  readonly product_id: string;
  readonly category: Category;
  readonly name: Readonly<Record<Language, string>>;
  /** Of one piece, in euros. */
  readonly price: number;
  /** How often it is looked at, compared with the others. */
  readonly popularity: number;
}

export const SHOP_URL = 'https://lumbre.example';
export const CART_URL = `${SHOP_URL}/cart`;
export const CURRENCY = 'EUR';

export const CATEGORIES = {
  road_shoes: { es: 'Zapatillas de asfalto', en: 'Road shoes' },
  trail_shoes: { es: 'Zapatillas de trail', en: 'Trail shoes' },
  tops: { es: 'Camisetas', en: 'Tops' },
  shorts_and_tights: { es: 'Pantalones y mallas', en: 'Shorts and tights' },
  jackets: { es: 'Chaquetas', en: 'Jackets' },
  socks: { es: 'Calcetines', en: 'Socks' },
  hydration: { es: 'Hidratación', en: 'Hydration' },
  electronics: { es: 'Electrónica', en: 'Electronics' },
  nutrition: { es: 'Nutrición', en: 'Nutrition' },
  accessories: { es: 'Accesorios', en: 'Accessories' },
  recovery: { es: 'Recuperación', en: 'Recovery' },
} as const;

type Row = readonly [id: string, es: string, en: string, price: number, popularity: number];

const SHELVES: Readonly<Record<Category, readonly Row[]>> = {
  road_shoes: [
    ['brasa-3', 'Zapatillas Brasa 3', 'Brasa 3 shoes', 129.95, 10],
    ['brasa-3-wide', 'Zapatillas Brasa 3, horma ancha', 'Brasa 3 shoes, wide fit', 134.95, 4],
    ['chispa-race', 'Zapatillas de competición Chispa', 'Chispa racing shoes', 189.95, 6],
    ['rescoldo-daily', 'Zapatillas de rodaje Rescoldo', 'Rescoldo daily trainers', 99.95, 8],
    ['mecha-kids', 'Zapatillas infantiles Mecha', 'Mecha kids shoes', 54.95, 3],
  ],
  trail_shoes: [
    ['hoguera-trail', 'Zapatillas de trail Hoguera', 'Hoguera trail shoes', 139.95, 7],
    ['tizon-ultra', 'Zapatillas de ultradistancia Tizón', 'Tizón ultra shoes', 164.95, 4],
    ['pavesa-light', 'Zapatillas de montaña Pavesa', 'Pavesa mountain shoes', 119.95, 4],
  ],
  tops: [
    ['candela-tee', 'Camiseta Candela', 'Candela T-shirt', 29.95, 7],
    ['candela-singlet', 'Camiseta de tirantes Candela', 'Candela singlet', 27.95, 4],
    ['ascua-merino', 'Camiseta de merino Ascua', 'Ascua merino base layer', 64.95, 4],
    ['lumbre-bra', 'Sujetador deportivo Lumbre', 'Lumbre sports bra', 42.95, 5],
    ['farol-long-sleeve', 'Camiseta de manga larga Farol', 'Farol long-sleeve top', 39.95, 4],
  ],
  shorts_and_tights: [
    ['candela-shorts', 'Pantalón corto Candela', 'Candela shorts', 34.95, 6],
    ['doble-shorts', 'Pantalón corto doble Llama', 'Llama two-in-one shorts', 44.95, 4],
    ['ascua-tights', 'Mallas largas Ascua', 'Ascua long tights', 59.95, 5],
    ['ascua-half-tights', 'Mallas cortas Ascua', 'Ascua half tights', 45.95, 4],
  ],
  jackets: [
    ['soplo-windbreaker', 'Cortavientos Soplo', 'Soplo windbreaker', 79.95, 5],
    ['aguacero-shell', 'Impermeable Aguacero', 'Aguacero rain shell', 149.95, 3],
    ['abrigo-vest', 'Chaleco térmico Abrigo', 'Abrigo thermal gilet', 69.95, 3],
  ],
  socks: [
    ['yesca-socks', 'Calcetines Yesca (3 pares)', 'Yesca socks (3 pairs)', 19.95, 6],
    ['yesca-trail-socks', 'Calcetines de trail Yesca', 'Yesca trail socks', 14.95, 4],
    ['firme-compression', 'Medias de compresión Firme', 'Firme compression socks', 32.95, 3],
  ],
  hydration: [
    ['arroyo-vest-8', 'Chaleco de hidratación Arroyo 8 l', 'Arroyo hydration vest 8 l', 99.95, 4],
    ['arroyo-belt', 'Cinturón con bidones Arroyo', 'Arroyo bottle belt', 34.95, 3],
    ['arroyo-flask', 'Bidón blando Arroyo 500 ml', 'Arroyo soft flask 500 ml', 17.95, 4],
  ],
  electronics: [
    ['pulso-watch', 'Reloj con GPS Pulso', 'Pulso GPS watch', 249.0, 5],
    ['pulso-strap', 'Banda de frecuencia cardiaca Pulso', 'Pulso heart-rate strap', 59.95, 3],
    ['luciernaga-headlamp', 'Frontal Luciérnaga 400 lm', 'Luciérnaga head torch 400 lm', 49.95, 4],
    ['eco-headphones', 'Auriculares abiertos Eco', 'Eco open-ear headphones', 89.95, 4],
  ],
  nutrition: [
    ['lena-gel-12', 'Geles Leña (caja de 12)', 'Leña energy gels (box of 12)', 23.9, 4],
    ['lena-bar-10', 'Barritas Leña (caja de 10)', 'Leña bars (box of 10)', 18.9, 3],
    ['sal-tablets', 'Sales minerales Sal (20 pastillas)', 'Sal electrolyte tablets (20)', 8.95, 3],
  ],
  accessories: [
    ['visera-cap', 'Gorra ligera Visera', 'Visera running cap', 21.95, 4],
    ['brisa-buff', 'Braga de cuello Brisa', 'Brisa neck gaiter', 12.95, 3],
    ['brisa-gloves', 'Guantes finos Brisa', 'Brisa light gloves', 18.95, 2],
    ['dorsal-belt', 'Portadorsal Lumbre', 'Lumbre race-number belt', 9.95, 2],
    ['gift-card-50', 'Tarjeta regalo de 50 €', 'Gift card, €50', 50.0, 3],
  ],
  recovery: [
    ['calma-roller', 'Rodillo de masaje Calma', 'Calma foam roller', 29.95, 3],
    ['calma-ball', 'Pelota de masaje Calma', 'Calma massage ball', 11.95, 2],
    ['calma-sandals', 'Sandalias de descanso Calma', 'Calma recovery sandals', 39.95, 3],
  ],
};

export const CATEGORY_IDS = Object.keys(CATEGORIES) as readonly Category[];

export const PRODUCTS: readonly ShopProduct[] = CATEGORY_IDS.flatMap((category) =>
  SHELVES[category].map((row) => productOf(category, row)),
);

/** What people put on top of what they came for. */
export const SMALL_EXTRAS: readonly ShopProduct[] = PRODUCTS.filter((product) => product.price < 25);

export function inCategory(category: Category): readonly ShopProduct[] {
  return PRODUCTS.filter((product) => product.category === category);
}

export function productUrl(product: ShopProduct): string {
  return `${SHOP_URL}/p/${product.product_id}`;
}

function productOf(category: Category, [id, es, en, price, popularity]: Row): ShopProduct {
  return { product_id: id, category, name: { es, en }, price, popularity };
}
