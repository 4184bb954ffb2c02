import { Table, Text } from '@mantine/core';
import type { Person } from '../../../api/contacts/shapes.ts';
import { useFormat } from '../../app/format.ts';
import { useWords } from '../../app/words.ts';
import { Section } from './section.tsx';
import { WORDS } from './words.ts';

type Money = (amount: number, currency: string | undefined) => string;

function useMoney(): Money {
  const format = useFormat();
  return (amount, currency) =>
    currency === undefined ? format.number(amount) : format.money(amount, currency);
}

export function CartCard({ cart }: { readonly cart: Person['cart'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const money = useMoney();
  const { items, value, currency, updated_at } = cart;
  return (
    <Section title={words.cart} beside={items.length > 0 && <Text fw={600}>{money(value, currency)}</Text>}>
      {items.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {words.empty_cart}
        </Text>
      ) : (
        <Table verticalSpacing={4} aria-label={words.cart}>
          <Table.Tbody>
            {items.map(({ product_id, name, quantity, price }) => (
              <Table.Tr key={product_id}>
                <Table.Td className="figure">{quantity} ×</Table.Td>
                <Table.Td>{name ?? product_id}</Table.Td>
                <Table.Td className="figure">{price !== undefined && money(price, currency)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {items.length > 0 && updated_at !== undefined && (
        <Text fz="xs" c="dimmed">
          {format.ago(updated_at)}
        </Text>
      )}
    </Section>
  );
}

const MOST_ORDERS = 8;

export function OrdersCard({ orders }: { readonly orders: Person['orders'] }) {
  const words = useWords(WORDS);
  const format = useFormat();
  const money = useMoney();
  const { count, value, list } = orders;
  const currency = list.at(-1)?.currency;
  return (
    <Section
      title={words.orders}
      beside={
        count > 0 && (
          <Text fw={600} className="figures">
            {format.number(count)} · {money(value, currency)}
          </Text>
        )
      }
    >
      {list.length === 0 ? (
        <Text fz="sm" c="dimmed">
          {words.no_orders}
        </Text>
      ) : (
        <Table verticalSpacing={4} aria-label={words.orders}>
          <Table.Tbody>
            {list
              .slice(-MOST_ORDERS)
              .toReversed()
              .map(({ id, at, revenue, currency: paid_in }) => (
                <Table.Tr key={id}>
                  <Table.Td>{id}</Table.Td>
                  <Table.Td>{format.date(at)}</Table.Td>
                  <Table.Td className="figure">{money(revenue, paid_in)}</Table.Td>
                </Table.Tr>
              ))}
          </Table.Tbody>
        </Table>
      )}
    </Section>
  );
}
