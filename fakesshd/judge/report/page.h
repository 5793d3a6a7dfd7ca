/* The page's parts, made into arrays when the program is built: text that ends with a 0. */
#ifndef JUDGE_REPORT_PAGE_H
#define JUDGE_REPORT_PAGE_H

extern const unsigned char page_html[], page_css[], page_js[];

#endif
