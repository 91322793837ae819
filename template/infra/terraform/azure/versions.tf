terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.50, < 5"
    }
  }

  # Keep the state in a storage account of your own: terraform init -backend-config=backend.hcl
  backend "azurerm" {}
}
